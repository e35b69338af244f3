import type { Picture } from './types.ts';

type Size = Pick<Picture, 'width' | 'height'>;

/** The size of a picture that {@link turned} gives. */
export function upright({ width, height }: Size, orientation: number): Size {
  return orientation > 4 ? { width: height, height: width } : { width, height };
}

/**
 * A picture upright, whose rows and columns stand in its file as EXIF's orientation says: 2 mirrored, 3 upside down, 4
 * mirrored so, 5 to 8 with rows and columns exchanged.
 */
export function turned({ width, height, planes }: Picture, orientation: number): Picture {
  if (orientation === 1) return { width, height, planes };
  const exchanged = orientation > 4;
  const { width: columns, height: rows } = upright({ width, height }, orientation);
  // Along which of the upright picture's axes the file runs backwards.
  const fromRight = [2, 3, 6, 7].includes(orientation);
  const fromBottom = [3, 4, 7, 8].includes(orientation);
  return {
    width: columns,
    height: rows,
    planes: planes.map((plane) => {
      const out = new Float32Array(plane.length);
      for (let y = 0; y < rows; y++) {
        const v = fromBottom ? rows - 1 - y : y;
        for (let x = 0; x < columns; x++) {
          const u = fromRight ? columns - 1 - x : x;
          out[y * columns + x] = exchanged ? plane[u * width + v] : plane[v * width + u];
        }
      }
      return out;
    }),
  };
}

import type { Shape3 } from '../volume/types.ts';
import type { Palette } from './palette.ts';
import { entryOf } from './scale.ts';

/** A map seen through: one value for each line of sight. */
export interface Projection {
  readonly width: number;
  readonly height: number;
  /** `[y, x]`, the first row of the volume first. */
  readonly data: Float32Array;
}

/** Along z, of each column the value with the largest magnitude, with its sign. */
export function projectionOf(data: ArrayLike<number>, [nz, ny, nx]: Shape3): Projection {
  const found = new Float32Array(ny * nx);
  for (let z = 0, v = 0; z < nz; z++) {
    for (let at = 0; at < found.length; at++, v++) {
      if (Math.abs(data[v]) > Math.abs(found[at])) found[at] = data[v];
    }
  }
  return { width: nx, height: ny, data: found };
}

export interface MapPicture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity, the top row first. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * A projection in the colours of a symmetric scale over `[-limit, +limit]`.
 *
 * @param rowsDown the first row is the top one, as in pictures; else y points up
 */
export function mapPicture(
  { width, height, data }: Projection,
  limit: number,
  { solid }: Palette,
  rowsDown = false,
): MapPicture {
  const rgba = new Uint8ClampedArray(data.length * 4);
  for (let row = 0; row < height; row++) {
    const to = rowsDown ? row : height - 1 - row;
    for (let x = 0; x < width; x++) {
      const entry = 4 * entryOf(data[row * width + x], limit);
      rgba.set(solid.subarray(entry, entry + 4), 4 * (to * width + x));
    }
  }
  return { width, height, rgba };
}

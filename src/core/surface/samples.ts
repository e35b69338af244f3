import type { Volume } from '../volume/types.ts';

/**
 * The samples of a volume as the surface walk sees them: one plane at a time, surrounded by one layer
 * of `-Infinity`, with dark density turned bright and NaN made `-Infinity`, so that whatever is
 * enclosed is closed at the border of the box and around undefined voxels.
 */
export interface Samples {
  /** Padded widths: samples along the axis plus two. */
  readonly px: number;
  readonly py: number;
  readonly pz: number;
  /** Å per padded index; the padding repeats its neighbour, which puts caps on the outermost samples. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly zs: Float64Array;
  /** Plane `z` (padded) into `plane`, `[py * px]`; `rows[y]` says whether a row exceeds the level. */
  fill(z: number, plane: Float32Array, rows: Uint8Array): void;
}

/**
 * @param step take every n-th voxel (and always the last one) along each axis
 * @param sign 1 or -1, multiplied to every value
 * @param level already multiplied by `sign`
 */
export function samples(volume: Volume, step: number, sign: number, level: number): Samples {
  const [nz, ny, nx] = volume.shape;
  const { data, voxelSize, origin } = volume;
  const ix = picked(nx, step);
  const iy = picked(ny, step);
  const iz = picked(nz, step);
  const px = ix.length + 2;
  const py = iy.length + 2;
  const pz = iz.length + 2;
  return {
    px,
    py,
    pz,
    xs: coordinates(ix, origin[0], voxelSize[0]),
    ys: coordinates(iy, origin[1], voxelSize[1]),
    zs: coordinates(iz, origin[2], voxelSize[2]),
    fill(z, plane, rows) {
      plane.fill(Number.NEGATIVE_INFINITY);
      rows.fill(0);
      if (z < 1 || z > iz.length) return;
      for (let y = 1; y <= iy.length; y++) {
        const from = (iz[z - 1] * ny + iy[y - 1]) * nx;
        const to = y * px;
        let any = 0;
        for (let x = 1; x <= ix.length; x++) {
          const value = sign * data[from + ix[x - 1]];
          if (value > level) any = 1;
          plane[to + x] = Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
        }
        rows[y] = any;
      }
    },
  };
}

function picked(n: number, step: number): Int32Array {
  const count = Math.ceil((n - 1) / step) + 1;
  return Int32Array.from({ length: count }, (_, i) => Math.min(i * step, n - 1));
}

function coordinates(index: Int32Array, origin: number, voxelSize: number): Float64Array {
  const last = index.length - 1;
  return Float64Array.from(
    { length: index.length + 2 },
    (_, i) => origin + index[Math.min(Math.max(i - 1, 0), last)] * voxelSize,
  );
}

import type { Triple } from './layout.ts';
import type { Shape3, SourceVolume, VoxelArray } from './types.ts';

/** The grid of `size` blocks (x, y, z) of `factor` voxels; where an axis is shorter, of all of it. */
export function binnedGrid<G extends Omit<SourceVolume, 'data'>>(
  grid: G,
  size: Triple,
  factor: number,
): G {
  const [nz, ny, nx] = grid.shape;
  const by = [nx, ny, nz].map((n) => Math.min(factor, n));
  const { voxelSize: v, origin: o } = grid;
  const shape: Shape3 = [size[2], size[1], size[0]];
  return {
    ...grid,
    shape,
    voxelSize: [v[0] * by[0], v[1] * by[1], v[2] * by[2]],
    origin: [
      o[0] + ((by[0] - 1) / 2) * v[0],
      o[1] + ((by[1] - 1) / 2) * v[1],
      o[2] + ((by[2] - 1) / 2) * v[2],
    ],
  };
}

/**
 * Averages blocks of `factor` voxels along each edge of values that come in whole sections (columns
 * fastest), leaving out what does not fill a block, and values that are not finite.
 */
export function createBinner(extent: Triple, factor: number) {
  const by = extent.map((n) => Math.min(factor, n));
  const [columns, rows, count] = extent.map((n, i) => Math.floor(n / by[i]));
  const out = new Float32Array(columns * rows * count);
  const sum = new Float64Array(columns * rows);
  const finite = new Uint32Array(columns * rows);
  let section = 0;
  const flush = (into: number): void => {
    for (let i = 0; i < sum.length; i++) {
      out[into * sum.length + i] = finite[i] > 0 ? sum[i] / finite[i] : Number.NaN;
    }
    sum.fill(0);
    finite.fill(0);
  };
  return {
    size: [columns, rows, count] as Triple,
    /** One or more whole sections. */
    add(values: VoxelArray): void {
      const length = extent[0] * extent[1];
      for (let from = 0; from < values.length; from += length, section++) {
        const block = Math.floor(section / by[2]);
        if (block >= count) continue;
        for (let row = 0; row < rows * by[1]; row++) {
          const into = Math.floor(row / by[1]) * columns;
          let at = from + row * extent[0];
          for (let column = 0; column < columns; column++) {
            for (let k = 0; k < by[0]; k++) {
              const value = values[at++];
              if (value - value !== 0) continue;
              sum[into + column] += value;
              finite[into + column]++;
            }
          }
        }
        if (section % by[2] === by[2] - 1) flush(block);
      }
    },
    done: () => out,
  };
}

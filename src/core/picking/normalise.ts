import type { Normalization } from '../volume/convert.ts';
import type { Shape3 } from '../volume/types.ts';
import type { WindowGrid, WindowStats } from './windows.ts';

/** How a normalisation by a window's statistics acts on a value: `(value - shift) * scale`. */
interface Local {
  shift(mean: number): number;
  scale(std: number): number;
}

/** Normalisations that can follow the windows across a volume. */
const LOCAL: Readonly<Partial<Record<Normalization, Local>>> = {
  none: { shift: () => 0, scale: () => 1 },
  zscore: { shift: (mean) => mean, scale: (std) => (std > 0 ? 1 / std : 1) },
  'unit-variance': { shift: () => 0, scale: (std) => (std > 0 ? 1 / std : 1) },
};

export const isLocal = (kind: Normalization) => LOCAL[kind] !== undefined;

export interface Scene {
  /** `[z, y, x]`, one channel, as in the file. */
  readonly data: Float32Array;
  readonly shape: Shape3;
  readonly grid: WindowGrid;
  readonly stats: WindowStats;
  readonly normalization: Normalization;
}

/**
 * A part of a volume, normalised at each voxel by the statistics of the window about it, interpolated between windows.
 * Outside the volume stands the mean of the window.
 *
 * @param start voxel at which the part begins; may lie outside
 */
export function normalisedPart(
  { data, shape, grid, stats, normalization }: Scene,
  start: Shape3,
  size: Shape3,
): Float32Array {
  const local = LOCAL[normalization] as Local;
  const [nz, ny, nx] = shape;
  const [mz, my, mx] = size;
  const out = new Float32Array(mz * my * mx);
  const axes = [0, 1, 2].map((axis) => between(grid, axis, start[axis], size[axis]));
  const windows = grid.shape[2];
  const means = new Float64Array(windows);
  const stds = new Float64Array(windows);
  for (let z = 0, at = 0; z < mz; z++) {
    for (let y = 0; y < my; y++) {
      rowBetween(stats, grid, axes, z, y, means, stds);
      const row = ((start[0] + z) * ny + start[1] + y) * nx + start[2];
      const inside = isIn(start[0] + z, nz) && isIn(start[1] + y, ny);
      for (let x = 0; x < mx; x++, at++) {
        const w = axes[2].low[x];
        const v = Math.min(w + 1, windows - 1);
        const t = axes[2].part[x];
        const mean = means[w] + t * (means[v] - means[w]);
        const std = stds[w] + t * (stds[v] - stds[w]);
        const value = inside && isIn(start[2] + x, nx) ? data[row + x] : mean;
        out[at] = (value - local.shift(mean)) * local.scale(std);
      }
    }
  }
  return out;
}

const isIn = (at: number, n: number) => at >= 0 && at < n;

interface Between {
  /** The window before each voxel, and how far on it is to the next one, 0 to 1. */
  readonly low: Int32Array;
  readonly part: Float64Array;
}

function between(grid: WindowGrid, axis: number, start: number, count: number): Between {
  const low = new Int32Array(count);
  const part = new Float64Array(count);
  const centre = grid.first[axis] + (grid.size[axis] - 1) / 2;
  for (let i = 0; i < count; i++) {
    const at = Math.min(Math.max(0, (start + i - centre) / grid.stride), grid.shape[axis] - 1);
    low[i] = Math.floor(at);
    part[i] = at - low[i];
  }
  return { low, part };
}

/** The statistics along x at one z and y. */
function rowBetween(
  { mean, std }: WindowStats,
  { shape: [wz, wy, wx] }: WindowGrid,
  [alongZ, alongY]: readonly Between[],
  z: number,
  y: number,
  means: Float64Array,
  stds: Float64Array,
): void {
  means.fill(0);
  stds.fill(0);
  for (const [dz, a] of [1 - alongZ.part[z], alongZ.part[z]].entries()) {
    for (const [dy, b] of [1 - alongY.part[y], alongY.part[y]].entries()) {
      const weight = a * b;
      if (weight === 0) continue;
      const row =
        (Math.min(alongZ.low[z] + dz, wz - 1) * wy + Math.min(alongY.low[y] + dy, wy - 1)) * wx;
      for (let x = 0; x < wx; x++) {
        means[x] += weight * mean[row + x];
        stds[x] += weight * std[row + x];
      }
    }
  }
}

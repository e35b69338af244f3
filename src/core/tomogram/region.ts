import { percentiles } from '../volume/stats.ts';
import type { Shape3, Vec3, Volume } from '../volume/types.ts';
import { smooth } from '../where/smooth.ts';
import { sigmaOf } from './slice.ts';
import type { Level } from './tomogram.ts';

/** A box of the world whose surface is wanted. */
export interface RegionRequest {
  /** Å */
  readonly low: Vec3;
  /** Å */
  readonly high: Vec3;
  /** Details finer than this, Å, are taken away; 0 for none. */
  readonly lowPass: number;
}

/** The values of a region at the finest resolution that there is room for. */
export interface TomogramRegion {
  readonly volume: Volume<Float32Array>;
  /** Median of the values. */
  readonly middle: number;
  /** Half of what lies between their percentiles 16 and 84: the standard deviation of a normal distribution. */
  readonly deviation: number;
  /** -1 where the lowest values lie further from the middle than the highest, as in raw tomograms; else 1. */
  readonly side: -1 | 1;
}

/** Voxels of a region at most; a surface of more has no room on a screen. */
const MOST_VOXELS = 2 ** 21;

/** Reads a region from the finest level at which it has no more than `most` voxels; null while there is none. */
export async function readRegion(
  levels: readonly Level[],
  { low, high, lowPass }: RegionRequest,
  most = MOST_VOXELS,
): Promise<TomogramRegion | null> {
  const fitting = levels
    .map((level) => ({ level, part: partOf(level, low, high) }))
    .find(({ part: { shape } }) => shape[0] * shape[1] * shape[2] <= most);
  if (!fitting) return null;
  const { level, part } = fitting;
  const { voxelSize, origin: first } = level.grid;
  const values = new Float32Array(await level.read(part));
  const usual = percentiles(values, [50])[0] || 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) values[i] = usual;
  const sigma = sigmaOf(lowPass) / voxelSize[0];
  const data = sigma >= NARROWEST ? smooth(values, part.shape, sigma) : values;
  const [lowest, below, middle, above, highest] = percentiles(data, [0.2, 16, 50, 84, 99.8]);
  const corner = (i: 0 | 1 | 2) => first[i] + part.start[2 - i] * voxelSize[i];
  return {
    volume: { data, shape: part.shape, voxelSize, origin: [corner(0), corner(1), corner(2)] },
    middle,
    deviation: (above - below) / 2,
    side: middle - lowest > highest - middle ? -1 : 1,
  };
}

/** Voxels; a narrower Gaussian changes nothing. */
const NARROWEST = 0.2;

/** The voxels of a level whose middles lie in a box, at least one along each axis. */
function partOf({ grid: { shape, voxelSize, origin } }: Level, low: Vec3, high: Vec3) {
  const along = (axis: 0 | 1 | 2) => {
    const i = (2 - axis) as 0 | 1 | 2;
    const at = (place: number) => (place - origin[i]) / voxelSize[i];
    const from = Math.min(shape[axis] - 1, Math.max(0, Math.ceil(at(low[i]))));
    const to = Math.min(shape[axis] - 1, Math.max(from, Math.floor(at(high[i]))));
    return { from, count: to - from + 1 };
  };
  const [z, y, x] = [along(0), along(1), along(2)];
  return {
    start: [z.from, y.from, x.from] as Shape3,
    shape: [z.count, y.count, x.count] as Shape3,
  };
}

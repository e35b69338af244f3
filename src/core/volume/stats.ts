import type { VoxelArray } from './types.ts';

/** Plain numbers of any real type, as readers and statistics take them. */
export type NumberArray = VoxelArray | Float64Array | Int32Array | Uint32Array;

export interface VolumeStats {
  /** Values counted below: the finite ones. */
  readonly count: number;
  /** NaN and infinite values, left out of everything else. */
  readonly nonFinite: number;
  /** NaN when no value is finite, as are the next three. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Root-mean-square deviation from the mean (population form, as RMS of an MRC header). */
  readonly std: number;
}

/**
 * Minimum, maximum, mean and standard deviation in one pass with float64 accumulators. Sums are
 * taken relative to the first finite value, so a small spread on a large offset keeps its digits.
 */
export function computeStats(data: NumberArray): VolumeStats {
  const n = data.length;
  let start = 0;
  while (start < n && !Number.isFinite(data[start])) start++;
  if (start === n) {
    return { count: 0, nonFinite: n, min: NaN, max: NaN, mean: NaN, std: NaN };
  }
  const shift = data[start];
  let min = shift;
  let max = shift;
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let i = start; i < n; i++) {
    const d = data[i] - shift;
    if (d - d !== 0) continue; // NaN or infinite
    count++;
    sum += d;
    squares += d * d;
    if (data[i] < min) min = data[i];
    else if (data[i] > max) max = data[i];
  }
  const mean = sum / count;
  const variance = Math.max(0, squares / count - mean * mean);
  return { count, nonFinite: n - count, min, max, mean: shift + mean, std: Math.sqrt(variance) };
}

/** Values looked at for percentiles; arrays up to this size are used whole. */
export const PERCENTILE_SAMPLE = 65536;

/**
 * Percentiles (0..100, linear between ranks) of the finite values. Exact up to
 * {@link PERCENTILE_SAMPLE} values; above, of a fixed low-discrepancy sample of that many
 * (golden-ratio steps, which do not fall in with the row length as a plain stride would).
 */
export function percentiles(data: NumberArray, ranks: readonly number[]): number[] {
  const sample = new Float64Array(Math.min(data.length, PERCENTILE_SAMPLE));
  let kept = 0;
  for (let i = 0; i < sample.length; i++) {
    const value = data[sample.length === data.length ? i : sampleIndex(i, data.length)];
    if (Number.isFinite(value)) sample[kept++] = value;
  }
  return ofSorted(sample.subarray(0, kept).sort(), ranks);
}

/** The same of all values, exactly, however many there are. */
export function percentilesOf(data: Float32Array, ranks: readonly number[]): number[] {
  return ofSorted(data.filter(Number.isFinite).sort(), ranks);
}

function ofSorted(sorted: Float32Array | Float64Array, ranks: readonly number[]): number[] {
  const kept = sorted.length;
  return ranks.map((rank) => {
    if (kept === 0) return NaN;
    const position = (Math.min(100, Math.max(0, rank)) / 100) * (kept - 1);
    const below = Math.floor(position);
    const above = Math.min(kept - 1, below + 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  });
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

function sampleIndex(i: number, length: number): number {
  return Math.floor(((i * GOLDEN) % 1) * length);
}

export interface Histogram {
  readonly counts: Uint32Array;
  /** Lower edge of the first bin and upper edge of the last. */
  readonly min: number;
  readonly max: number;
}

/** Counts of the finite values in equal bins over `[min, max]`; values outside are left out. */
export function histogram(data: NumberArray, bins: number, min: number, max: number): Histogram {
  const counts = new Uint32Array(bins);
  const scale = max > min ? bins / (max - min) : 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (value >= min && value <= max) {
      counts[Math.min(bins - 1, Math.floor((value - min) * scale))]++;
    }
  }
  return { counts, min, max };
}

/** Statistics of two sets of values together. */
export function mergeStats(a: VolumeStats, b: VolumeStats): VolumeStats {
  const nonFinite = a.nonFinite + b.nonFinite;
  if (a.count === 0 || b.count === 0) return { ...(a.count === 0 ? b : a), nonFinite };
  const count = a.count + b.count;
  const between = b.mean - a.mean;
  const squares =
    a.count * a.std ** 2 + b.count * b.std ** 2 + ((a.count * b.count) / count) * between ** 2;
  return {
    count,
    nonFinite,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    mean: a.mean + (between * b.count) / count,
    std: Math.sqrt(squares / count),
  };
}

/** Statistics of values that `each` gives in parts, at least one. */
export async function statsOfParts(
  each: (take: (values: NumberArray) => void) => Promise<void>,
): Promise<VolumeStats> {
  let all: VolumeStats | undefined;
  await each((values) => {
    const part = computeStats(values);
    all = all ? mergeStats(all, part) : part;
  });
  return all!;
}

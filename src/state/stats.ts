import type { DensityStats } from '../core/color/index.ts';

const statistics = new WeakMap<Float32Array, DensityStats>();

/** Minimum, maximum, mean and standard deviation, remembered by the array's identity. */
export function statsOf(data: Float32Array): DensityStats {
  const known = statistics.get(data);
  if (known) return known;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const v = data[i];
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
  }
  const mean = sum / data.length;
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += (data[i] - mean) ** 2;
  const stats = { min, max, mean, std: Math.sqrt(squares / data.length) };
  statistics.set(data, stats);
  return stats;
}

/** Seeds {@link statsOf} with what the reader already knows, so large volumes are not scanned here. */
export function rememberStats(data: Float32Array, stats: DensityStats): void {
  statistics.set(data, {
    min: stats.min,
    max: stats.max,
    mean: stats.mean,
    std: stats.std,
  });
}

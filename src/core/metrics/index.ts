import { kendallTau } from './tau.ts';

export { kendallTau };

/** `1/C sum_c |sum_v L[c] - y[c]|` (Table 1): how far the map sums are from the class scores. */
export function scoreDistance(sums: ArrayLike<number>, scores: ArrayLike<number>): number {
  let total = 0;
  for (let c = 0; c < sums.length; c++) total += Math.abs(sums[c] - scores[c]);
  return total / sums.length;
}

export interface MapMetrics {
  readonly l1: number;
  readonly kendallTau: number;
}

/** Both numbers of Table 1 for one subtomogram: `sums[c]` of the maps against `scores[c]`. */
export function mapMetrics(sums: ArrayLike<number>, scores: ArrayLike<number>): MapMetrics {
  return { l1: scoreDistance(sums, scores), kendallTau: kendallTau(sums, scores) };
}

export interface MeanStd {
  readonly mean: number;
  /** Population standard deviation (divided by `n`), as in Table 1. */
  readonly std: number;
  readonly n: number;
}

/** Mean and standard deviation of the finite values; NaN (an undefined tau) is left out of `n`. */
export function meanStd(values: Iterable<number>): MeanStd {
  let n = 0;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    n++;
    const delta = value - mean;
    mean += delta / n;
    squares += delta * (value - mean);
  }
  return n === 0
    ? { mean: Number.NaN, std: Number.NaN, n }
    : { mean, std: Math.sqrt(squares / n), n };
}

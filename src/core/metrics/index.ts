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

/** Mean and standard deviation of values as they come; NaN (an undefined tau) is left out of `n`. */
export class RunningMeanStd implements MeanStd {
  private count = 0;
  private average = Number.NaN;
  private squares = 0;

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    const before = this.count === 0 ? 0 : this.average;
    const delta = value - before;
    this.count++;
    this.average = before + delta / this.count;
    this.squares += delta * (value - this.average);
  }

  get n(): number {
    return this.count;
  }

  get mean(): number {
    return this.average;
  }

  get std(): number {
    return Math.sqrt(this.squares / this.count);
  }
}

/** Mean and standard deviation of the finite values. */
export function meanStd(values: Iterable<number>): MeanStd {
  const running = new RunningMeanStd();
  for (const value of values) running.add(value);
  const { mean, std, n } = running;
  return { mean, std, n };
}

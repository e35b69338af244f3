import type { EvaluationItem, EvaluationMethod } from '../../core/evaluation/index.ts';

/** Width of the bins of tau; 40 of them from -1 to 1. */
export const TAU_BIN = 0.05;

/** How many volumes have their tau in each bin; the last one holds 1 as well. */
export function tauCounts(items: readonly EvaluationItem[], method: EvaluationMethod): number[] {
  const counts = new Array<number>(Math.round(2 / TAU_BIN)).fill(0);
  for (const { methods } of items) {
    const tau = methods[method].kendallTau;
    if (tau === null) continue;
    // A rounding error below a bin's edge belongs to the bin.
    const bin = Math.floor((tau + 1) / TAU_BIN + 1e-9);
    counts[Math.max(0, Math.min(counts.length - 1, bin))]++;
  }
  return counts;
}

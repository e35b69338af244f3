import type {
  Evaluation,
  EvaluationItem,
  EvaluationMethod,
  PublishedNumber,
  Spread,
} from '../../core/evaluation/index.ts';
import { spreadText } from '../../core/paper/index.ts';

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

/** Orders in which volumes are listed, the worst first. */
export const WORST = {
  'tau-respond': 'lowest τ, Respond-CAM',
  'tau-grad': 'lowest τ, Grad-CAM',
  'l1-respond': 'largest L1, Respond-CAM',
  'l1-grad': 'largest L1, Grad-CAM',
  margin: 'least sure of the truth',
} as const;
export type Worst = keyof typeof WORST;

/** By how much the score of the true class leads those of the others; negative for a wrong answer. */
export function margin({ scores, class: truth }: EvaluationItem): number | null {
  if (truth === null) return null;
  let best = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < scores.length; c++) if (c !== truth && scores[c] > best) best = scores[c];
  return scores[truth] - best;
}

const BADNESS: Readonly<Record<Worst, (item: EvaluationItem) => number>> = {
  'tau-respond': ({ methods }) => -(methods.respond.kendallTau ?? 1),
  'tau-grad': ({ methods }) => -(methods.grad.kendallTau ?? 1),
  'l1-respond': ({ methods }) => methods.respond.l1,
  'l1-grad': ({ methods }) => methods.grad.l1,
  margin: (item) => -(margin(item) ?? Number.POSITIVE_INFINITY),
};

/** One cell of the confusion matrix. */
export interface Cell {
  readonly truth: number;
  readonly predicted: number;
}

export function isCell(a: Cell | null, b: Cell): boolean {
  return a?.truth === b.truth && a.predicted === b.predicted;
}

/** The volumes of a cell (null: all), the worst first; equal ones in their order. */
export function worstItems(
  items: readonly EvaluationItem[],
  by: Worst,
  cell: Cell | null,
): EvaluationItem[] {
  const badness = BADNESS[by];
  return items
    .filter((item) => !cell || (item.class === cell.truth && item.predicted === cell.predicted))
    .map((item) => ({ item, badness: badness(item) }))
    .sort((a, b) => b.badness - a.badness)
    .map(({ item }) => item);
}

const minus = (text: string) => text.replace('-', '−');

/** As the paper prints its numbers: three decimals. */
export function decimal(value: number): string {
  return minus(value.toFixed(3));
}

/** "0.976 ± 0.018", unbroken; a dash where there is no number. */
export function meanStd(number: Spread | PublishedNumber | undefined): string {
  return number ? spreadText(number).replaceAll(' ', '\u00a0') : '–';
}

/** Mean and deviation with the digits that the deviation allows: two of its own. */
export function shortMeanStd({ mean, std }: Spread): string {
  if (mean === null || std === null) return '–';
  const lead = Math.floor(Math.log10(std > 0 ? std : Math.abs(mean) / 100 || 1));
  const digits = Math.max(0, Math.min(4, 1 - lead));
  return `${minus(mean.toFixed(digits))}\u00a0±\u00a0${std.toFixed(digits)}`;
}

/** How sums and scores order the classes, to go after "X's sums". */
export function ordering(tau: number): string {
  if (tau >= 0.9) return 'order the classes as the scores do';
  if (tau >= 0.6) return 'order the classes much as the scores do';
  if (tau >= 0.25) return 'follow the order of the scores only loosely';
  if (tau > -0.25) return 'say little about the order of the scores';
  return 'order the classes against the scores';
}

/** A share as percent, without rounding something to nothing or nearly all to all. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.05) return '<0.1%';
  if (value > 99.95 && value < 100) return '>99.9%';
  return `${value === 100 || value === 0 ? value : value.toFixed(1)}%`;
}

/** "3 min 20 s left". */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return `${seconds} s left`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 10 ? `${minutes} min ${seconds % 60} s left` : `${minutes} min left`;
}

/** Which volumes a result is about, in words. */
export function aboutSet({ n, total, data, layer }: Evaluation): string {
  const noise = data.snr === null ? '' : data.snr === 'inf' ? 'noise-free ' : '';
  const level = typeof data.snr === 'number' ? ` at SNR ${data.snr}` : '';
  const kind =
    data.set === 'simulated'
      ? `${noise}simulated volumes${level}`
      : data.set === 'bundled'
        ? `${noise}samples${level}`
        : `volumes of ${data.set}`;
  return `${n < total ? `${n} of ${total}` : n} ${kind}, explained at ${layer}`;
}

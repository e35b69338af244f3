import { meanStd } from '../metrics/index.ts';
import { meanMagnitude, perMethod } from './record.ts';
import type {
  Evaluation,
  EvaluationItem,
  EvaluationSetup,
  Shard,
  SkippedVolume,
  Spread,
} from './types.ts';

/** Evaluated and skipped volumes, in any order. */
export interface EvaluationRecords {
  readonly items: readonly EvaluationItem[];
  readonly skipped: readonly SkippedVolume[];
}

/** How one evaluation, or one shard of it, was run. */
export interface EvaluationRun {
  readonly backend: string;
  /** Null (default) for a whole evaluation. */
  readonly shard?: Shard | null;
}

/**
 * The result of an evaluation: a function of the setup and of the records sorted by `order` alone, so
 * joined shards give to the last bit what one run gives.
 */
export function summarise(
  { model, title, layer, classes, data, total }: EvaluationSetup,
  records: EvaluationRecords,
  { backend, shard = null }: EvaluationRun,
): Evaluation {
  const items = [...records.items].sort(byOrder);
  const confusion = confusionMatrix(items, classes.length);
  const labelled = items.filter((item) => item.class !== null);
  const right = labelled.filter((item) => item.class === item.predicted).length;
  return {
    format: 'respond-cam-evaluation',
    version: 1,
    model,
    title,
    layer,
    classes,
    data,
    total,
    backend,
    shard,
    n: items.length,
    labelled: labelled.length,
    accuracy: labelled.length > 0 ? right / labelled.length : null,
    l1: perMethod((method) => spread(items.map(({ methods }) => methods[method].l1))),
    kendallTau: perMethod((method) =>
      spread(items.map(({ methods }) => methods[method].kendallTau)),
    ),
    ledger: ledgerShares(items),
    confusion,
    items,
    skipped: [...records.skipped].sort(byOrder),
  };
}

function byOrder(a: { readonly order: number }, b: { readonly order: number }): number {
  return a.order - b.order;
}

function spread(values: readonly (number | null)[]): Spread {
  const { mean, std, n } = meanStd(values.filter((value) => value !== null));
  return n > 0 ? { mean, std, n } : { mean: null, std: null, n };
}

function ledgerShares(items: readonly EvaluationItem[]): Evaluation['ledger'] {
  const magnitude = items.length > 0 ? meanMagnitude(items.map(({ ledger }) => ledger)) : null;
  const whole = magnitude ? magnitude.heatmap + magnitude.bias + magnitude.residual : 0;
  if (!magnitude || whole === 0) return { heatmap: null, bias: null, residual: null, magnitude };
  return {
    heatmap: magnitude.heatmap / whole,
    bias: magnitude.bias / whole,
    residual: magnitude.residual / whole,
    magnitude,
  };
}

/** Counts `[true class][predicted class]`; null when no item is labelled. */
function confusionMatrix(items: readonly EvaluationItem[], classes: number): number[][] | null {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let any = false;
  for (const { class: truth, predicted } of items) {
    if (truth === null) continue;
    counts[truth][predicted]++;
    any = true;
  }
  return any ? counts : null;
}

/** One kind of mistake. */
export interface Confusion {
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
}

/** The mistakes of a confusion matrix, the most frequent first. */
export function topConfusions(confusion: Evaluation['confusion']): Confusion[] {
  const mistakes = (confusion ?? []).flatMap((row, truth) =>
    row.map((count, predicted) => ({ truth, predicted, count })),
  );
  return mistakes
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count);
}

import type { EvaluationItem } from '../../core/evaluation/index.ts';

/** By how much the score of the true class leads those of the others; negative for a wrong answer. */
export function margin({ scores, class: truth }: EvaluationItem): number | null {
  if (truth === null) return null;
  let best = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < scores.length; c++) if (c !== truth && scores[c] > best) best = scores[c];
  return scores[truth] - best;
}

interface OrderRow {
  /** In the menu. */
  readonly label: string;
  /** The larger, the earlier in the list. */
  badness(item: EvaluationItem): number;
}

/** Orders in which volumes are listed, the worst first. */
export const ORDERS = {
  'tau-respond': {
    label: 'lowest τ, Respond-CAM',
    badness: ({ methods }) => -(methods.respond.kendallTau ?? 1),
  },
  'tau-grad': {
    label: 'lowest τ, Grad-CAM',
    badness: ({ methods }) => -(methods.grad.kendallTau ?? 1),
  },
  'l1-respond': {
    label: 'largest L1, Respond-CAM',
    badness: ({ methods }) => methods.respond.l1,
  },
  'l1-grad': { label: 'largest L1, Grad-CAM', badness: ({ methods }) => methods.grad.l1 },
  margin: {
    label: 'least sure of the truth',
    badness: (item) => -(margin(item) ?? Number.POSITIVE_INFINITY),
  },
} as const satisfies Readonly<Record<string, OrderRow>>;
export type Order = keyof typeof ORDERS;

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
  by: Order,
  cell: Cell | null,
): EvaluationItem[] {
  const { badness } = ORDERS[by];
  return items
    .filter((item) => !cell || (item.class === cell.truth && item.predicted === cell.predicted))
    .map((item) => ({ item, badness: badness(item) }))
    .sort((a, b) => b.badness - a.badness)
    .map(({ item }) => item);
}

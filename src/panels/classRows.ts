import { type CamMethod, sumsToScore } from '../core/cam/index.ts';
import { type Answer, mapIn } from '../state/index.ts';

type Result = Answer['result'];

export interface ClassRow {
  readonly index: number;
  readonly name: string;
  readonly score: number;
  /** NaN where the network has none. */
  readonly probability: number;
  /** Sums of the maps of the left and the right method; NaN when not computed, or no part of a score. */
  readonly left: number;
  readonly right: number;
  readonly predicted: boolean;
}

export type SortKey = 'name' | 'score' | 'probability' | 'left' | 'right';

export function classRows(
  result: Result,
  names: readonly string[],
  [left, right]: readonly [CamMethod, CamMethod],
): ClassRow[] {
  const sumOf = (method: CamMethod, index: number) =>
    (sumsToScore(method) ? mapIn(result, method, index)?.map.sum : undefined) ?? Number.NaN;
  return Array.from(result.scores, (score, index) => {
    return {
      index,
      name: names[index] ?? `Class ${index + 1}`,
      score,
      probability: result.probabilities?.[index] ?? Number.NaN,
      left: sumOf(left, index),
      right: sumOf(right, index),
      predicted: index === result.predicted,
    };
  });
}

/** Descending, what is not defined last. */
function descending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return b - a;
}

/** Names ascend, numbers descend; only rows whose name contains every word of `query`. */
export function sortRows(rows: readonly ClassRow[], key: SortKey, query: string): ClassRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = rows.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  return kept.sort((a, b) =>
    key === 'name' ? a.name.localeCompare(b.name) : descending(a[key], b[key]),
  );
}

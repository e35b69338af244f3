import type { CamMethod } from '../core/cam/types.ts';
import type { Answer } from '../state/index.ts';

type Result = Answer['result'];

export interface ClassRow {
  readonly index: number;
  readonly name: string;
  readonly score: number;
  /** NaN where the network has none. */
  readonly probability: number;
  /** Sums of the maps of the left and the right method; NaN when not computed. */
  readonly left: number;
  readonly right: number;
  readonly predicted: boolean;
}

export type SortKey = 'name' | 'score' | 'probability' | 'left' | 'right';

export function classRows(
  result: Result,
  layer: Result['layers'][number],
  names: readonly string[],
  [left, right]: readonly [CamMethod, CamMethod],
): ClassRow[] {
  return Array.from(result.scores, (score, index) => {
    const methods = layer.classes.find((row) => row.index === index)?.methods;
    return {
      index,
      name: names[index] ?? `Class ${index + 1}`,
      score,
      probability: result.probabilities?.[index] ?? Number.NaN,
      left: methods?.[left]?.sum ?? Number.NaN,
      right: methods?.[right]?.sum ?? Number.NaN,
      predicted: index === result.predicted,
    };
  });
}

/** Names ascend, numbers descend; only rows whose name contains every word of `query`. */
export function sortRows(rows: readonly ClassRow[], key: SortKey, query: string): ClassRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = rows.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  return kept.sort((a, b) => (key === 'name' ? a.name.localeCompare(b.name) : b[key] - a[key]));
}

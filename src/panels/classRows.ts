import { type CamMethod, sumsToScore } from '../core/cam/index.ts';
import { type Answer, mapIn } from '../state/index.ts';

type Result = Answer['result'];

export interface ClassRow {
  readonly index: number;
  readonly name: string;
  readonly score: number;
  /** NaN where the network has none. */
  readonly probability: number;
  /** Sums of the maps of each method; NaN when not computed, or no part of a score. */
  readonly sums: readonly number[];
  readonly predicted: boolean;
}

/** A number is the place of a method among those shown. */
export type SortKey = 'name' | 'score' | 'probability' | number;

export function classRows(
  result: Result,
  names: readonly string[],
  methods: readonly CamMethod[],
): ClassRow[] {
  const sumOf = (method: CamMethod, index: number) =>
    (sumsToScore(method) ? mapIn(result, method, index)?.map.sum : undefined) ?? Number.NaN;
  return Array.from(result.scores, (score, index) => {
    return {
      index,
      name: names[index] ?? `Class ${index + 1}`,
      score,
      probability: result.probabilities?.[index] ?? Number.NaN,
      sums: methods.map((method) => sumOf(method, index)),
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
  if (key === 'name') return kept.sort((a, b) => a.name.localeCompare(b.name));
  const value = (row: ClassRow) => (typeof key === 'number' ? row.sums[key] : row[key]);
  return kept.sort((a, b) => descending(value(a), value(b)));
}

/** Sums may lie this many times the range of the scores beyond it before they stand at the edge. */
const BEYOND = 0.75;

/** Places on an axis that all rows share, 0 to 1: scores are bars from `zero`, sums are ticks. */
export function rowAxis(rows: readonly ClassRow[]): {
  readonly zero: number;
  at(value: number): number;
} {
  const scores = [0, ...rows.map(({ score }) => score).filter(Number.isFinite)];
  const sums = rows.flatMap((row) => row.sums).filter(Number.isFinite);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const room = BEYOND * (high - low);
  const from = Math.max(low - room, Math.min(low, ...sums));
  const to = Math.min(high + room, Math.max(high, ...sums));
  const at = (value: number) =>
    to > from ? Math.min(1, Math.max(0, (value - from) / (to - from))) : 0;
  return { zero: at(0), at };
}

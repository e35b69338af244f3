import { answerOf, countAnswers } from '../evaluation/index.ts';

/** How a network answered one volume that is known to be one of some classes. */
export interface Answer {
  /** Rows of the list that were averaged, from 1. */
  readonly rows: readonly number[];
  readonly predicted: number;
  readonly probability: number;
  /** Null where it is not known what the volume is. */
  readonly right: boolean | null;
}

/** How volumes that are means of as many particles were answered. */
export interface Recognised {
  readonly averaged: number;
  readonly n: number;
  /** Share named as one of the classes that are right; null where those are not known of any. */
  readonly right: number | null;
  /** Share answered with no complex. */
  readonly rejected: number;
  /** Mean probability of what was answered. */
  readonly confidence: number;
  /** How often each class was answered, most often first. */
  readonly answers: readonly { readonly index: number; readonly count: number }[];
  readonly items: readonly Answer[];
}

/**
 * @param scores before the softmax, one list for each volume
 * @param accepted classes that are right for each volume; null where it is not known
 * @param other output that stands for none of the complexes; null where the network has none
 */
export function recognised(
  averaged: number,
  scores: readonly ArrayLike<number>[],
  rows: readonly (readonly number[])[],
  accepted: readonly (readonly number[] | null)[],
  other: number | null,
): Recognised {
  const n = scores.length;
  const items = scores.map((own, i): Answer => {
    const answer = answerOf(own);
    return { rows: rows[i], ...answer, right: accepted[i]?.includes(answer.predicted) ?? null };
  });
  const known = items.filter(({ right }) => right !== null);
  const counts = new Map<number, number>();
  for (const { predicted } of items) counts.set(predicted, (counts.get(predicted) ?? 0) + 1);
  const none = items.map(() => null);
  const { rejected, confidence } = countAnswers(scores, none, other);
  return {
    averaged,
    n,
    right:
      known.length > 0 ? known.filter(({ right }) => right === true).length / known.length : null,
    ...(n > 0 ? { rejected, confidence } : { rejected: 0, confidence: 0 }),
    answers: [...counts]
      .map(([index, count]) => ({ index, count }))
      .sort((a, b) => b.count - a.count),
    items,
  };
}

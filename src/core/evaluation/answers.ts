/** Under this probability an answer counts as no answer. */
export const LEAST_PROBABILITY = 0.5;

/** How a network answered volumes of one kind. */
export interface Answers {
  readonly n: number;
  /** Share answered with the right class. */
  readonly accuracy: number;
  /** Share answered with no complex: with `other`, or none with a probability of at least {@link LEAST_PROBABILITY}. */
  readonly rejected: number;
  /** Mean probability of what was answered. */
  readonly confidence: number;
}

/** The class with the largest score before the softmax, and its probability. */
export function answerOf(scores: ArrayLike<number>): {
  readonly predicted: number;
  readonly probability: number;
} {
  const values = Array.from(scores);
  const most = values.reduce((a, b) => Math.max(a, b));
  return {
    predicted: values.indexOf(most),
    probability: 1 / values.reduce((sum, value) => sum + Math.exp(value - most), 0),
  };
}

/**
 * @param scores before the softmax, one list for each volume
 * @param labels the right output of each volume
 * @param other output that stands for none of the complexes; null where the network has none
 */
export function countAnswers(
  scores: readonly ArrayLike<number>[],
  labels: readonly (number | null)[],
  other: number | null,
): Answers {
  const n = scores.length;
  let right = 0;
  let rejected = 0;
  let confidence = 0;
  for (const [i, own] of scores.entries()) {
    const { predicted, probability } = answerOf(own);
    confidence += probability / n;
    if (predicted === labels[i]) right++;
    if (predicted === other || probability < LEAST_PROBABILITY) rejected++;
  }
  return { n, accuracy: right / n, rejected: rejected / n, confidence };
}

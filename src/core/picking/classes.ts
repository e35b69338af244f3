/** How the scores of a classifier become decisions about its windows. */
export interface ClassRoles {
  /** Classes that are picked. */
  readonly wanted: readonly number[];
  /** Classes that stand for no particle, e.g. noise or membranes. */
  readonly background: readonly number[];
}

const BACKGROUND =
  /^(background|other|others|noise|none|nothing|empty|ice|solvent|membranes?|vesicles?|lipids?|fiducials?|gold|beads?|carbon|contamination|negative|junk|rejected?)\b/i;

/** Whether a class's name says that it is no particle. */
export const isBackground = (name: string) => BACKGROUND.test(name.trim());

/**
 * How far a score stands out of all windows of the tomogram, most of which hold no particle: the distance from the
 * median in robust standard deviations (1.4826 times the median distance from it), for each class by itself.
 */
export function standing(scores: Float32Array): {
  readonly median: number;
  readonly sigma: number;
} {
  const sorted = scores.slice().sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  const off = sorted.map((value) => Math.abs(value - median)).sort();
  return { median, sigma: 1.4826 * (off[off.length >> 1] ?? 0) };
}

/** Probabilities of scores before a softmax. */
export function softmax(scores: ArrayLike<number>): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) most = Math.max(most, scores[i]);
  const out = Float64Array.from(scores, (score) => Math.exp(score - most));
  let sum = 0;
  for (const value of out) sum += value;
  return out.map((value) => value / sum);
}

/** The best class of a window, and how sure it is. */
export interface Decision {
  readonly class: number;
  readonly probability: number;
  /** What picks are ranked by: see {@link createJudge}. */
  readonly value: number;
  /** The same without an upper limit, by which places are compared. */
  readonly merit: number;
}

export type Judge = (scores: ArrayLike<number>) => Decision;

/**
 * The class is that of the highest score. Where a network has classes for what is no particle, a pick is as good as its
 * probability. Where it has none, it calls everything some particle, mostly with a probability near 1: then a pick is
 * as good as any of its scores stands out of those of all windows of the same tomogram, in robust standard deviations.
 *
 * @param windows scores of all windows, by class
 */
export function createJudge(
  windows: readonly Float32Array[],
  { wanted, background }: ClassRoles,
): Judge {
  const levels = background.length > 0 ? null : windows.map(standing);
  return (scores) => {
    const probabilities = softmax(scores);
    let best = wanted[0];
    let out = Number.NEGATIVE_INFINITY;
    for (const c of wanted) {
      if (scores[c] > scores[best]) best = c;
      if (levels) out = Math.max(out, (scores[c] - levels[c].median) / (levels[c].sigma || 1));
    }
    const probability = probabilities[best];
    if (levels) return { class: best, probability, value: out, merit: out };
    const against = Math.max(...background.map((c) => scores[c]));
    return { class: best, probability, value: probability, merit: scores[best] - against };
  };
}

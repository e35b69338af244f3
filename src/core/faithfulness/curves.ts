import type { VoxelOrder } from './orders.ts';

/**
 * Shares of the voxels that are taken, doubling: a particle fills one or two percent of its box, so equal steps would
 * have passed it at the first one.
 */
export const TAKEN_SHARES = [
  0,
  1 / 256,
  1 / 128,
  1 / 64,
  1 / 32,
  1 / 16,
  1 / 8,
  1 / 4,
  1 / 2,
  1,
] as const;

/** An input as `[…space, channels]`. */
export interface Seen {
  readonly input: Float32Array;
  readonly channels: number;
}

/** Mean of each channel: what a voxel is replaced with. */
export function channelMeans({ input, channels }: Seen): Float64Array {
  const sums = new Float64Array(channels);
  for (let i = 0; i < input.length; i++) sums[i % channels] += input[i];
  return sums.map((sum) => sum / (input.length / channels));
}

/** The input without the first `count` voxels of an order (their channels' means instead), or with these alone. */
export function without(
  { input, channels }: Seen,
  order: VoxelOrder,
  count: number,
  only: boolean,
): Float32Array {
  const means = channelMeans({ input, channels });
  const changed = input.slice();
  const [from, to] = only ? [count, order.length] : [0, count];
  for (let k = from; k < to; k++)
    for (let c = 0; c < channels; c++) changed[order[k] * channels + c] = means[c];
  return changed;
}

/** Scores along the {@link TAKEN_SHARES}, and the area under them. */
export interface Curve {
  /** The explained number. */
  readonly scores: readonly number[];
  /**
   * Mean over the shares (ends by half) of `(score - score of the empty box) / (score of all - that)`; null where the
   * score is not above that of the empty box, so that there is nothing to lose.
   */
  readonly area: number | null;
}

/** What becomes of a score when voxels are taken away, or put into an empty box, in one order. */
export interface FaithfulnessCurves {
  /** Low is good: the score is lost early. */
  readonly deletion: Curve;
  /** High is good: the score is there early. */
  readonly insertion: Curve;
}

/** Scores of inputs, in their order. */
export type ScoresOf = (inputs: readonly Float32Array[]) => Promise<readonly number[]>;

/** The score of the input and that of its means: the ends of every curve. */
export interface Ends {
  readonly all: number;
  readonly empty: number;
}

export async function endsOf(seen: Seen, scoresOf: ScoresOf): Promise<Ends> {
  const means = channelMeans(seen);
  const blank = seen.input.map((_, i) => means[i % seen.channels]);
  const [all, empty] = await scoresOf([seen.input, blank]);
  return { all, empty };
}

/** Runs both curves of one order; `scoresOf` is called once. */
export async function curvesOf(
  seen: Seen,
  order: VoxelOrder,
  { all, empty }: Ends,
  scoresOf: ScoresOf,
): Promise<FaithfulnessCurves> {
  const counts = TAKEN_SHARES.slice(1, -1).map((share) => Math.round(share * order.length));
  const inputs = [false, true].flatMap((only) =>
    counts.map((count) => without(seen, order, count, only)),
  );
  const found = await scoresOf(inputs);
  const curve = (scores: readonly number[]) => ({ scores, area: areaOf(scores, { all, empty }) });
  return {
    deletion: curve([all, ...found.slice(0, counts.length), empty]),
    insertion: curve([empty, ...found.slice(counts.length), all]),
  };
}

/** See {@link Curve.area}. */
export function areaOf(scores: readonly number[], { all, empty }: Ends): number | null {
  const span = all - empty;
  if (!(span > 0)) return null;
  const inner = scores.slice(1, -1).reduce((sum, score) => sum + score, 0);
  const ends = (scores[0] + scores[scores.length - 1]) / 2;
  return ((inner + ends) / (scores.length - 1) - empty) / span;
}

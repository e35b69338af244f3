import type { NormalizationAttributes } from '../graph/operators.ts';
import {
  channelDots,
  channelMoments,
  hasChannelKernels,
  mixChannels,
  normalizeChannels,
} from '../kernels/channels.ts';
import { tf } from '../tf.ts';
import type { BackwardCall, Call } from './op.ts';
import { repeat } from './rows.ts';

/** Statistics over the whole space, of each channel or of groups of channels: all the work is per channel then. */
interface ByChannel {
  /** `[V, channels]`. */
  readonly mean: tf.Tensor;
  readonly rate: tf.Tensor;
  /** `y = factor (x - mean) + shift`. */
  readonly factor: tf.Tensor;
  readonly shift: tf.Tensor;
  /** Means over the channels of each group, `[rows, channels]` to the same. */
  readonly grouped: (x: tf.Tensor) => tf.Tensor;
}

/** Whether a normalisation is over the whole space with factors per channel, and the backend has kernels for that. */
export function isByChannel({ attributes, inputs: [x], weights }: Call<'normalization'>): boolean {
  const space = x.rank - 2;
  const channels = x.shape[x.rank - 1];
  const { axes, groups } = attributes;
  const wholeSpace = Array.from({ length: space }, (_, axis) => axes.includes(axis));
  const factors = [weights.scale, weights.shift].every((w) => !w || w.size === channels);
  const sets = axes.includes(space) || groups === 1 || groups === channels;
  return hasChannelKernels() && space > 0 && !wholeSpace.includes(false) && factors && sets;
}

function groupMeans(x: tf.Tensor, { axes, groups }: NormalizationAttributes, space: number) {
  if (!axes.includes(space)) return x;
  const [rows, channels] = x.shape;
  const means = tf.mean(tf.reshape(x, [rows * groups, channels / groups]), 1, true);
  return tf.reshape(tf.tile(means, [1, channels / groups]), [rows, channels]);
}

function statisticsOf({ attributes, inputs: [x], weights }: Call<'normalization'>): ByChannel {
  const channels = x.shape[x.rank - 1];
  const row = (w: tf.Tensor) => tf.reshape(w, [1, channels]);
  const grouped = (y: tf.Tensor) => groupMeans(y, attributes, x.rank - 2);
  const [own, within] = tf.unstack(channelMoments(x), 1);
  const mean = grouped(own);
  const variance = grouped(tf.add(within, tf.square(tf.sub(own, mean))));
  const rate = tf.rsqrt(tf.add(variance, attributes.epsilon));
  const factor = weights.scale ? tf.mul(rate, row(weights.scale)) : rate;
  const shift = weights.shift ? tf.tile(row(weights.shift), [x.shape[0], 1]) : tf.zerosLike(mean);
  return { mean, rate, factor, shift, grouped };
}

export function normalize(call: Call<'normalization'>): tf.Tensor {
  const { mean, factor, shift } = statisticsOf(call);
  return normalizeChannels(call.inputs[0], mean, factor, shift);
}

/** `sum dy * (shift - factor mean)` with the statistics as constants, `[V C]`. */
export function frozenBias(call: BackwardCall<'normalization'>): tf.Tensor {
  const { mean, factor, shift } = statisticsOf(call);
  const offset = tf.sub(shift, tf.mul(mean, factor));
  const { dy } = call;
  const sums = tf.sum(tf.reshape(dy, [dy.shape[0], -1, offset.shape[1] as number]), 1);
  return tf.sum(tf.mul(sums, repeat(offset, dy.shape[0])), 1);
}

/**
 * With frozen statistics `factor dy`; else, with `g = scale dy` and the normal values n, `rate (g - mean g - n mean(g
 * n))`, of which the means are made per channel and `n = (x - mean) rate` is put in, so that dy and x are read twice.
 */
export function normalizationGradient(call: BackwardCall<'normalization'>): tf.Tensor {
  const { dy, statistics, inputs, weights } = call;
  const [x] = inputs;
  const { mean, rate, factor, grouped } = statisticsOf(call);
  const zero = tf.zerosLike(factor);
  if (statistics === 'frozen') return normalizeChannels(dy, zero, factor, zero);
  const rows = dy.shape[0];
  const channels = x.shape[x.rank - 1];
  const all = (y: tf.Tensor) => repeat(y, rows);
  const [means, products] = tf.unstack(channelDots(dy, x), 1);
  const scaled = (y: tf.Tensor) =>
    weights.scale ? tf.mul(y, tf.reshape(weights.scale, [1, channels])) : y;
  const along = tf.mul(tf.sub(products, tf.mul(all(mean), means)), all(rate));
  const [first, second] = [grouped(scaled(means)), grouped(scaled(along))];
  const slope = tf.neg(tf.mul(tf.square(all(rate)), second));
  const rest = tf.neg(tf.add(tf.mul(first, all(rate)), tf.mul(slope, all(mean))));
  return mixChannels(dy, x, tf.stack([all(factor), slope, rest], 1));
}

import type { NormalizationAttributes } from '../graph/operators.ts';
import {
  channelDots,
  channelMoments,
  hasChannelKernels,
  mixChannels,
  normalizeChannels,
  type Rectified,
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

/** Of data that is still there: the way back asks for what the forward pass has summed up. */
const moments = new WeakMap<object, { readonly shape: number[]; readonly values: Float32Array }>();

function momentsOf(x: tf.Tensor): tf.Tensor {
  const shape = [x.shape[0], 2, x.shape[x.rank - 1]];
  const known = moments.get(x.dataId);
  if (known?.shape.join() === shape.join()) return tf.tensor(known.values, shape);
  const found = channelMoments(x);
  moments.set(x.dataId, { shape, values: found.dataSync<'float32'>() });
  return found;
}

function statisticsOf({ attributes, inputs: [x], weights }: Call<'normalization'>): ByChannel {
  const channels = x.shape[x.rank - 1];
  const row = (w: tf.Tensor) => tf.reshape(w, [1, channels]);
  const grouped = (y: tf.Tensor) => groupMeans(y, attributes, x.rank - 2);
  const [own, within] = tf.unstack(momentsOf(x), 1);
  const mean = grouped(own);
  const variance = grouped(tf.add(within, tf.square(tf.sub(own, mean))));
  const rate = tf.rsqrt(tf.add(variance, attributes.epsilon));
  const factor = weights.scale ? tf.mul(rate, row(weights.scale)) : rate;
  const shift = weights.shift ? tf.tile(row(weights.shift), [x.shape[0], 1]) : tf.zerosLike(mean);
  return { mean, rate, factor, shift, grouped };
}

/** With the slope of a rectifier behind it; 1 for none. */
export function normalize(call: Call<'normalization'>, slope: number): tf.Tensor {
  const { mean, factor, shift } = statisticsOf(call);
  return normalizeChannels(call.inputs[0], { mean, scale: factor, shift, slope });
}

type BackCall = BackwardCall<'normalization'>;

function behind({ mean, factor, shift }: ByChannel, { rectified }: BackCall): Rectified | null {
  return rectified === null ? null : { mean, scale: factor, shift, slope: rectified };
}

/** Of a call whose gradient and bias share are both asked for. */
const dots = new WeakMap<BackCall, Float32Array>();

/** Means of dy, in front of the rectifier, and of its product with x, `[rows, channels]` each. */
function dotsOf(call: BackCall, statistics: ByChannel): tf.Tensor[] {
  const { dy } = call;
  let known = dots.get(call);
  if (!known) {
    known = channelDots(dy, call.inputs[0], behind(statistics, call)).dataSync<'float32'>();
    dots.set(call, known);
  }
  return tf.unstack(tf.tensor(known, [dy.shape[0], 2, dy.shape[dy.rank - 1]]), 1);
}

/** `sum dy * shift` or, with the statistics as constants, `sum dy * (shift - factor mean)`, `[V C]`. */
export function normalizationBias(call: BackCall): tf.Tensor | undefined {
  const { dy, weights } = call;
  const isFrozen = call.statistics === 'frozen';
  if (!isFrozen && !weights.shift) return undefined;
  const statistics = statisticsOf(call);
  const { mean, factor, shift } = statistics;
  const offset = isFrozen ? tf.sub(shift, tf.mul(mean, factor)) : shift;
  const [rows, channels] = [dy.shape[0], dy.shape[dy.rank - 1]];
  const sums =
    isFrozen && call.rectified === null
      ? tf.sum(tf.reshape(dy, [rows, -1, channels]), 1)
      : tf.mul(dotsOf(call, statistics)[0], dy.size / (rows * channels));
  return tf.sum(tf.mul(sums, repeat(offset, rows)), 1);
}

/**
 * With frozen statistics `factor dy`; else, with `g = scale dy` and the normal values n, `rate (g - mean g - n mean(g
 * n))`, of which the means are made per channel and `n = (x - mean) rate` is put in, so that dy and x are read twice.
 */
export function normalizationGradient(call: BackCall): tf.Tensor {
  const { dy, inputs, weights } = call;
  const [x] = inputs;
  const statistics = statisticsOf(call);
  const { mean, rate, factor, grouped } = statistics;
  const rectifier = behind(statistics, call);
  const rows = dy.shape[0];
  const channels = dy.shape[dy.rank - 1];
  const all = (y: tf.Tensor) => repeat(y, rows);
  if (call.statistics === 'frozen') {
    const zero = tf.zerosLike(factor);
    if (!rectifier)
      return normalizeChannels(dy, { mean: zero, scale: factor, shift: zero, slope: 1 });
    return mixChannels(dy, x, tf.stack([factor, zero, zero].map(all), 1), rectifier);
  }
  const [means, products] = dotsOf(call, statistics);
  const scaled = (y: tf.Tensor) =>
    weights.scale ? tf.mul(y, tf.reshape(weights.scale, [1, channels])) : y;
  const along = tf.mul(tf.sub(products, tf.mul(all(mean), means)), all(rate));
  const [first, second] = [grouped(scaled(means)), grouped(scaled(along))];
  const slope = tf.neg(tf.mul(tf.square(all(rate)), second));
  const rest = tf.neg(tf.add(tf.mul(first, all(rate)), tf.mul(slope, all(mean))));
  return mixChannels(dy, x, tf.stack([all(factor), slope, rest], 1), rectifier);
}

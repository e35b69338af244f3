import type { NormalizationAttributes } from '../graph/operators.ts';
import { tf } from '../tf.ts';
import { gathered } from './axes.ts';
import {
  isByChannel,
  normalizationBias,
  normalizationGradient,
  normalize,
} from './channel-statistics.ts';
import { type BackwardCall, type Call, type Op, ShapeError } from './op.ts';
import { dotRows, product, repeat, timesValues } from './rows.ts';

/**
 * x as `[V, sets, members]`, mean and variance over the members of each set. Groups cut the channels in two axes
 * first, `[…, groups, channels / groups]`.
 */
function sets(x: tf.Tensor, { axes, groups }: NormalizationAttributes) {
  const last = x.rank - 2;
  const split = [...x.shape.slice(0, -1), groups, x.shape[x.rank - 1] / groups];
  const over = axes.map((axis) => (axis === last ? last + 1 : axis));
  // Without groups the first of the two axes has one element; instance norm leaves the second alone.
  const { x: rows, back } = gathered(tf.reshape(x, split), over);
  return { rows, back: (y: tf.Tensor) => tf.reshape(back(y), [y.shape[0], ...x.shape.slice(1)]) };
}

interface Standard {
  readonly mean: tf.Tensor;
  readonly centred: tf.Tensor;
  /** 1 / deviation, `[V, sets, 1]`. */
  readonly rate: tf.Tensor;
  readonly back: (y: tf.Tensor) => tf.Tensor;
}

function standard({ attributes, inputs: [x] }: Call<'normalization'>): Standard {
  const { rows, back } = sets(x, attributes);
  const mean = tf.mean(rows, 2, true);
  const centred = tf.sub(rows, mean);
  const variance = tf.mean(tf.square(centred), 2, true);
  return { mean, centred, rate: tf.rsqrt(tf.add(variance, attributes.epsilon)), back };
}

/** x, or a gradient, times scale. */
export function throughScale(dy: tf.Tensor, scale: tf.Tensor | undefined): tf.Tensor {
  if (!scale) return dy;
  const rows = tf.reshape(dy, [-1, scale.size]);
  return tf.reshape(tf.mul(rows, tf.reshape(scale, [1, -1])), dy.shape);
}

function vjp(call: BackwardCall<'normalization'>): tf.Tensor {
  const { attributes, weights, dy, statistics } = call;
  const { centred, rate, back } = standard(call);
  const { rows: g } = sets(throughScale(dy, weights.scale), attributes);
  if (statistics === 'frozen') return back(timesRate(g, rate));
  const normal = tf.mul(centred, rate);
  const mean = tf.mean(g, 2, true);
  const along = tf.mean(timesValues(g, normal), 2, true);
  const inner = tf.sub(tf.sub(g, mean), tf.mul(repeat(normal, g.shape[0]), along));
  return back(timesRate(inner, rate));
}

/** g `[V C, sets, members]` times `[V, sets, 1]`. */
export function timesRate(g: tf.Tensor, rate: tf.Tensor): tf.Tensor {
  return tf.mul(g, repeat(rate, g.shape[0]));
}

/** `-mean / deviation * scale + shift` for every element, `[V, …]`. */
function frozenShift(call: BackwardCall<'normalization'>): tf.Tensor {
  const { mean, centred, rate, back } = standard(call);
  const { scale, shift } = call.weights;
  const levels = tf.mul(tf.neg(tf.mul(mean, rate)), tf.onesLike(centred));
  const scaled = throughScale(back(levels), scale);
  return shift ? shifted(scaled, shift) : scaled;
}

/** x plus what each element of its last axes has. */
function shifted(x: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const rows = tf.reshape(x, [-1, shift.size]);
  return tf.reshape(tf.add(rows, tf.reshape(shift, [1, -1])), x.shape);
}

/** Keras' GroupNormalization, ONNX's Instance-, Group- and LayerNormalization (Wu & He 2018; Ba et al. 2016). */
export const normalization: Op<'normalization'> = {
  shape({ attributes: { axes, groups }, inputs: [x], weights }) {
    const channels = x[x.length - 1];
    if (channels % groups !== 0)
      throw new ShapeError(`${channels} channels do not divide into ${groups} groups`);
    if (axes.length === 0 || axes.some((axis) => axis < 0 || axis >= x.length))
      throw new ShapeError(`axes [${axes}] of an input of shape [${x}]`);
    for (const shape of [weights.scale, weights.shift]) {
      const inner = shape && product(x.slice(x.length - shape.length));
      if (shape && inner !== product(shape))
        throw new ShapeError(`factors of shape [${shape}] for an input of shape [${x}]`);
    }
    return x;
  },
  forward(call) {
    if (isByChannel(call)) return normalize(call, 1);
    const { centred, rate, back } = standard(call);
    const { scale, shift } = call.weights;
    const scaled = throughScale(back(tf.mul(centred, rate)), scale);
    return shift ? shifted(scaled, shift) : scaled;
  },
  withRelu(call, slope) {
    if (isByChannel(call)) return normalize(call, slope);
    const y = normalization.forward(call);
    return slope === 0 ? tf.relu(y) : tf.leakyRelu(y, slope);
  },
  leaky: true,
  throughRelu: isByChannel,
  vjp: (call) => [
    call.wanted[0] ? (isByChannel(call) ? normalizationGradient(call) : vjp(call)) : null,
  ],
  bias(call) {
    if (isByChannel(call)) return normalizationBias(call);
    const { statistics, weights, dy } = call;
    if (statistics === 'frozen') return dotRows(dy, frozenShift(call));
    const { shift } = weights;
    if (!shift) return undefined;
    const sums = tf.sum(tf.reshape(dy, [dy.shape[0], -1, shift.size]), 1);
    return tf.sum(tf.mul(sums, tf.reshape(shift, [1, -1])), 1);
  },
  reach: null,
  shown: true,
  view: false,
  scaleFree: true,
  reads: () => 'inputs',
  cheap: true,
};

/** `max(|x|, epsilon)` `[V, kept, 1]` and x `[V, kept, members]`. */
function lengths({ attributes, inputs: [x] }: Call<'unitLength'>) {
  const { x: rows, back } = gathered(x, attributes.axes);
  const length = tf.maximum(tf.sqrt(tf.sum(tf.square(rows), 2, true)), attributes.epsilon);
  return { rows, length, back };
}

export const unitLength: Op<'unitLength'> = {
  shape: ({ inputs: [x] }) => x,
  forward(call) {
    const { rows, length, back } = lengths(call);
    return back(tf.div(rows, length));
  },
  vjp(call) {
    const { attributes, dy, wanted, statistics } = call;
    if (!wanted[0]) return [null];
    const { rows, length, back } = lengths(call);
    const { x: g } = gathered(dy, attributes.axes);
    const all = repeat(length, g.shape[0]);
    if (statistics === 'frozen') return [back(tf.div(g, all))];
    const unit = repeat(tf.div(rows, length), g.shape[0]);
    const along = tf.sum(tf.mul(g, unit), 2, true);
    const moving = tf.cast(tf.greater(all, attributes.epsilon), 'float32');
    return [back(tf.div(tf.sub(g, tf.mul(tf.mul(unit, along), moving)), all))];
  },
  bias: null,
  reach: null,
  shown: true,
  view: false,
  scaleFree: true,
};

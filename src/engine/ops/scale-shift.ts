import { hasChannelKernels, normalizeChannels } from '../kernels/channels.ts';
import { tf } from '../tf.ts';
import { type Op, POINTWISE, ShapeError } from './op.ts';
import { channelShare, product } from './rows.ts';

const fits = (w: tf.Tensor | undefined, channels: number) => !w || w.size === channels;

/** `scale x + shift` for every index of the last axis. */
export const scaleShift: Op<'scaleShift'> = {
  shape({ inputs: [x], weights }) {
    const channels = x[x.length - 1];
    for (const shape of [weights.scale, weights.shift]) {
      if (shape && product(shape) !== channels && product(shape) !== 1)
        throw new ShapeError(`${product(shape)} factors for ${channels} channels`);
    }
    return x;
  },
  forward({ inputs: [x], weights: { scale, shift } }) {
    const channels = x.shape[x.rank - 1];
    if (hasChannelKernels() && fits(scale, channels) && fits(shift, channels)) {
      const row = (w: tf.Tensor | undefined, other: number) =>
        w ? tf.reshape(w, [1, channels]) : tf.fill([1, channels], other);
      const vectors = { mean: row(undefined, 0), scale: row(scale, 1), shift: row(shift, 0) };
      return normalizeChannels(x, { ...vectors, slope: 1 });
    }
    if (scale?.size !== channels || shift?.size !== channels || x.rank > 5) {
      const scaled = scale ? tf.mul(x, tf.reshape(scale, [-1])) : x;
      return shift ? tf.add(scaled, tf.reshape(shift, [-1])) : scaled === x ? tf.clone(x) : scaled;
    }
    // One pass over x by the kernel of batch norm.
    const rows = tf.reshape(x, [1, 1, -1, channels]) as tf.Tensor4D;
    const vector = (w: tf.Tensor) => tf.reshape(w, [channels]) as tf.Tensor1D;
    const [zero, one] = [tf.zeros([channels]), tf.ones([channels])] as [tf.Tensor1D, tf.Tensor1D];
    return tf.reshape(tf.batchNorm(rows, zero, one, vector(shift), vector(scale), 0), x.shape);
  },
  vjp({ inputs: [x], weights: { scale }, dy, wanted }) {
    if (!wanted[0]) return [null];
    if (!scale) return [tf.clone(dy)];
    const channels = x.shape[x.rank - 1];
    if (hasChannelKernels() && fits(scale, channels)) {
      const zero = tf.zeros([1, channels]);
      const vectors = { mean: zero, scale: tf.reshape(scale, [1, channels]), shift: zero };
      return [normalizeChannels(dy, { ...vectors, slope: 1 })];
    }
    const rows = tf.reshape(dy, [-1, x.shape[x.rank - 1]]);
    return [tf.reshape(tf.mul(rows, tf.reshape(scale, [-1])), dy.shape)];
  },
  bias({ inputs: [x], weights: { shift }, dy }) {
    if (!shift) return undefined;
    const channels = x.shape[x.rank - 1];
    return channelShare(
      shift.size === channels ? shift : tf.tile(tf.reshape(shift, [1]), [channels]),
      dy,
    );
  },
  reach: () => POINTWISE,
  shown: true,
  view: false,
  reads: () => 'nothing',
  cheap: true,
};

import { tf } from '../tf.ts';
import { fields, keepIf, type Rule, shareOf } from './rule.ts';

/** With stored statistics: `y = scale x + shift` for every index of the last axis. */
export const batchNormalization: Rule = (step, { inputs: [x] }, dy, [wanted]) => {
  const { gamma, beta, movingMean, movingVariance, epsilon } = fields(step);
  const deviation = tf.rsqrt(tf.add(movingVariance.read(), epsilon));
  const scale = gamma ? tf.mul(gamma.read(), deviation) : deviation;
  const centre = tf.mul(movingMean.read(), scale);
  const shift = beta ? tf.sub(beta.read(), centre) : tf.neg(centre);
  const rows = tf.reshape(dy, [-1, scale.size]);
  return {
    inputs: [keepIf(wanted, () => tf.reshape(tf.mul(rows, scale), [-1, ...x.shape.slice(1)]))],
    bias: shareOf(shift, dy),
  };
};

/** The adjoint of a transposed convolution is the convolution. */
export const transposedConvolution: Rule = (step, _values, dy, [wanted]) => {
  const { kernel, bias, strides, padding } = fields(step);
  const dx = () =>
    tf.conv3d(
      dy as tf.Tensor5D,
      kernel.read() as tf.Tensor5D,
      strides as [number, number, number],
      padding as 'same' | 'valid',
    );
  return { inputs: [keepIf(wanted, dx)], bias: bias ? shareOf(bias.read(), dy) : null };
};

/** Cuts dy into the inputs' shares. */
export const concatenate: Rule = (step, { inputs }, dy, wanted) => {
  const axis = (Number(fields(step).axis) + dy.rank) % dy.rank;
  const count = dy.shape[0];
  const inner = (shape: readonly number[]) => shape.slice(axis).reduce((a, b) => a * b, 1);
  const rows = tf.reshape(dy, [-1, inner(dy.shape)]);
  let start = 0;
  return {
    inputs: inputs.map((x, i) => {
      const from = start;
      start += inner(x.shape);
      const part = () => tf.slice(rows, [0, from], [-1, inner(x.shape)]);
      return keepIf(wanted[i], () => tf.reshape(part(), [count, ...x.shape.slice(1)]));
    }),
    bias: null,
  };
};

/** Every voxel of a channel gets the same share. */
export const globalAverage: Rule = (_step, { inputs: [x] }, dy) => {
  const count = dy.shape[0];
  const channels = x.shape[x.rank - 1];
  const voxels = x.size / (x.shape[0] * channels);
  const share = tf.div(tf.reshape(dy, [count, 1, channels]), voxels);
  const spread = tf.tile(share, [1, voxels, 1]);
  return { inputs: [tf.reshape(spread, [count, ...x.shape.slice(1)])], bias: null };
};

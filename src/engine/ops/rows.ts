import { channelDots, hasChannelKernels } from '../kernels/channels.ts';
import { tf } from '../tf.ts';

export const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** Each of `V` volumes repeated for its scores, `[V, …]` to `[rows, …]`; GPU kernels tile no rank 5. */
export function repeat(x: tf.Tensor, rows: number): tf.Tensor {
  const volumes = x.shape[0];
  if (volumes === rows) return x;
  const tiled = tf.tile(tf.reshape(x, [volumes, 1, -1]), [1, rows / volumes, 1]);
  return tf.reshape(tiled, [rows, ...x.shape.slice(1)]);
}

/** Gradients `[V C, …]` times what each volume's `C` scores share, `[V, …]`. */
export function timesValues(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const volumes = x.shape[0];
  if (volumes === 1 || volumes === dy.shape[0]) return tf.mul(dy, x);
  const size = x.size / volumes;
  const products = tf.mul(tf.reshape(dy, [volumes, -1, size]), tf.reshape(x, [volumes, 1, size]));
  return tf.reshape(products, dy.shape);
}

/** `sum dy * x` of each row, `[rows]`; dy `[V C, …]`, x `[V, …]`. */
export function dotRows(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  if (hasChannelKernels() && x.rank === dy.rank && x.rank > 2 && dy.size > 0) {
    const [, means] = tf.unstack(channelDots(dy, x), 1);
    return tf.mul(tf.sum(means, 1), dy.size / means.size);
  }
  return tf.sum(tf.reshape(timesValues(dy, x), [dy.shape[0], -1]), 1);
}

/** `sum dy[r, …, l] * constant[l]` for dy `[rows, …, L]`, `[rows]`. */
export function channelShare(constant: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const sums = tf.sum(tf.reshape(dy, [dy.shape[0], -1, constant.size]), 1);
  return tf.sum(tf.mul(sums, constant), 1);
}

export const keepIf = (wanted: boolean, make: () => tf.Tensor) => (wanted ? make() : null);

import { tf } from '../tf.ts';

/**
 * Gradient of a dilated convolution of stride 1 for its input, which tfjs lacks: the convolution of `dy`,
 * padded, with the mirrored filter, channels exchanged, at the same dilation. `dy` is
 * `[batch, …space, out]`, `filter` `[…window, in, out]`; returns `inputShape`. `before` are the elements of padding
 * in front of each axis.
 */
export function dilatedInputGradient(
  dy: tf.Tensor,
  filter: tf.Tensor,
  inputShape: readonly number[],
  rates: readonly number[],
  before: readonly number[],
): tf.Tensor {
  const window = filter.shape.slice(0, -2);
  const [channels, filters] = filter.shape.slice(-2);
  const taps = window.reduce((a, b) => a * b, 1);
  // All axes of the window mirrored at once: its taps in reverse order.
  const mirrored = tf.reverse(tf.reshape(filter, [taps, channels * filters]), 0);
  const exchanged = tf.transpose(tf.reshape(mirrored, [taps, channels, filters]), [0, 2, 1]);
  const adjoint = tf.reshape(exchanged, [...window, filters, channels]);
  const margins = window.map((size, axis): [number, number] => {
    const reach = (size - 1) * rates[axis];
    const out = dy.shape[axis + 1];
    return [reach - before[axis], inputShape[axis + 1] - out + before[axis]];
  });
  const padded = tf.pad(dy, [[0, 0], ...margins, [0, 0]]);
  return dy.rank === 5
    ? tf.conv3d(
        padded as tf.Tensor5D,
        adjoint as tf.Tensor5D,
        1,
        'valid',
        'NDHWC',
        rates as [number, number, number],
      )
    : tf.conv2d(
        padded as tf.Tensor4D,
        adjoint as tf.Tensor4D,
        1,
        'valid',
        'NHWC',
        rates as [number, number],
      );
}

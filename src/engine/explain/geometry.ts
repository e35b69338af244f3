import { tf } from '../tf.ts';

/** Voxels of `same` padding before the first one along an axis (TensorFlow's rule). */
function padBefore(size: number, out: number, window: number, stride: number): number {
  return Math.floor(Math.max(0, (out - 1) * stride + window - size) / 2);
}

/**
 * How much of each pooling window lies inside the input under `same` padding, 0..1, as
 * `[1, …output's space, 1]`. `input` and `output` are `[batch, …space, channels]`.
 */
export function windowShare(
  input: readonly number[],
  output: readonly number[],
  window: readonly number[],
  strides: readonly number[],
): tf.Tensor {
  let share: tf.Tensor = tf.scalar(1);
  const space = window.length;
  for (let axis = 0; axis < space; axis++) {
    const size = input[axis + 1];
    const out = output[axis + 1];
    const before = padBefore(size, out, window[axis], strides[axis]);
    const inside = Array.from({ length: out }, (_, i) => {
      const start = i * strides[axis] - before;
      return (Math.min(size, start + window[axis]) - Math.max(0, start)) / window[axis];
    });
    const shape = Array.from({ length: space + 2 }, (_, i) => (i === axis + 1 ? out : 1));
    share = tf.mul(share, tf.tensor(inside, shape));
  }
  return share;
}

/**
 * Gradient of a dilated convolution of stride 1 for its input, which tfjs lacks: the convolution of `dy`,
 * padded, with the mirrored filter, channels exchanged, at the same dilation. `dy` is
 * `[batch, …space, out]`, `filter` `[…window, in, out]`; returns `inputShape`.
 */
export function dilatedInputGradient(
  dy: tf.Tensor,
  filter: tf.Tensor,
  inputShape: readonly number[],
  rates: readonly number[],
  padding: string,
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
    const before = padding === 'same' ? padBefore(inputShape[axis + 1], out, reach + 1, 1) : 0;
    return [reach - before, inputShape[axis + 1] - out + before];
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

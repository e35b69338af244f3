import { tf } from '../tf.ts';
import { product } from './rows.ts';
import { padTensor } from './sliding.ts';

/** A convolution in which every channel has filters of its own, two or three spatial axes, padded already. */
export interface Depthwise {
  /** `[…window, 1, channels * each]`, the filters of one channel in a row. */
  readonly kernel: tf.Tensor;
  readonly channels: number;
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** Kernel values of one tap `[channels, each]`. */
function taps({ kernel, channels, window }: Depthwise): tf.Tensor[] {
  const rows = tf.reshape(kernel, [
    product(window),
    channels,
    kernel.size / product(window) / channels,
  ]);
  return tf.unstack(rows);
}

/** Where tap number `tap` of a window begins to read, per axis. */
function offsetOf(tap: number, { window, dilations }: Depthwise): number[] {
  const at: number[] = [];
  let rest = tap;
  for (let axis = window.length - 1; axis >= 0; axis--) {
    at[axis] = (rest % window[axis]) * dilations[axis];
    rest = Math.floor(rest / window[axis]);
  }
  return at;
}

/** x `[V, …space, channels]` without further padding, tap by tap: `[V, …out, channels * each]`. */
export function depthwise(x: tf.Tensor, conv: Depthwise, out: readonly number[]): tf.Tensor {
  const each = conv.kernel.size / product(conv.window) / conv.channels;
  const rows = x.shape[0];
  let sum: tf.Tensor | undefined;
  for (const [t, tap] of taps(conv).entries()) {
    const from = offsetOf(t, conv);
    const to = from.map((start, axis) => start + (out[axis] - 1) * conv.strides[axis] + 1);
    const part = tf.stridedSlice(
      x,
      [0, ...from, 0],
      [rows, ...to, conv.channels],
      [1, ...conv.strides, 1],
    );
    const voxels = tf.reshape(part, [-1, conv.channels, 1]);
    const term = tf.mul(voxels, tf.reshape(tap, [1, conv.channels, each]));
    sum = sum ? tf.add(sum, term) : term;
  }
  return tf.reshape(sum as tf.Tensor, [rows, ...out, conv.channels * each]);
}

/** The gradient of {@link depthwise} for its input of `sizes`. */
export function depthwiseInputGradient(
  dy: tf.Tensor,
  conv: Depthwise,
  sizes: readonly number[],
): tf.Tensor {
  const each = conv.kernel.size / product(conv.window) / conv.channels;
  const rows = dy.shape[0];
  const wide = spaced(dy, conv.strides);
  const space = wide.shape.slice(1, -1);
  const voxels = tf.reshape(wide, [-1, conv.channels, each]);
  let sum: tf.Tensor | undefined;
  for (const [t, tap] of taps(conv).entries()) {
    const from = offsetOf(t, conv);
    const product_ = tf.sum(tf.mul(voxels, tf.reshape(tap, [1, conv.channels, each])), 2);
    const part = tf.reshape(product_, [rows, ...space, conv.channels]);
    const margins = from.map((start, axis): [number, number] => [
      start,
      sizes[axis] - start - space[axis],
    ]);
    const term = padTensor(part, [[0, 0], ...margins, [0, 0]], 0);
    sum = sum ? tf.add(sum, term) : term;
  }
  return sum as tf.Tensor;
}

/** Puts `stride - 1` zeros between the elements of each axis behind the batch that has a stride. */
export function spaced(x: tf.Tensor, strides: readonly number[]): tf.Tensor {
  let y = x;
  for (const [i, stride] of strides.entries()) {
    if (stride === 1) continue;
    const axis = i + 1;
    const outer = product(y.shape.slice(0, axis));
    const inner = product(y.shape.slice(axis + 1));
    const n = y.shape[axis];
    const wide = tf.pad(tf.reshape(y, [outer * n, 1, inner]), [
      [0, 0],
      [0, stride - 1],
      [0, 0],
    ]);
    const cut = tf.slice(
      tf.reshape(wide, [outer, n * stride, inner]),
      [0, 0, 0],
      [outer, (n - 1) * stride + 1, inner],
    );
    y = tf.reshape(
      cut,
      y.shape.map((size, a) => (a === axis ? (n - 1) * stride + 1 : size)),
    );
  }
  return y;
}

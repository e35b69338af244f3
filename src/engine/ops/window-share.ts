import type { Pads, Sizes } from '../graph/operators.ts';
import { tf } from '../tf.ts';

/**
 * How much of each pooling window counts, 0..1, as `[1, …output's space, 1]`: what lies inside the input of `sizes` and
 * the `counted` part of its padding.
 */
export function windowShare(
  sizes: Sizes,
  window: Sizes,
  strides: Sizes,
  pads: Pads,
  counted: Pads,
): tf.Tensor {
  let share: tf.Tensor = tf.scalar(1);
  const space = window.length;
  for (const [axis, size] of sizes.entries()) {
    const [before, after] = pads[axis];
    const out = Math.floor((size + before + after - window[axis]) / strides[axis]) + 1;
    const inside = Array.from({ length: out }, (_, i) => {
      const start = i * strides[axis] - before;
      const from = Math.max(-counted[axis][0], start);
      return (Math.min(size + counted[axis][1], start + window[axis]) - from) / window[axis];
    });
    const shape = Array.from({ length: space + 2 }, (_, i) => (i === axis + 1 ? out : 1));
    share = tf.mul(share, tf.tensor(inside, shape));
  }
  return share;
}

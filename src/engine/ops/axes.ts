import { tf } from '../tf.ts';
import { product } from './rows.ts';

/**
 * x `[V, …]` with `axes` (without the batch) gathered: `[V, kept, reduced]` sizes with the order of the rest kept,
 * and the way back. Axes that stand together need no transposition.
 */
export function gathered(x: tf.Tensor, axes: readonly number[]) {
  const sizes = x.shape.slice(1);
  const kept = sizes.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const order = [...kept, ...[...axes].sort((a, b) => a - b)];
  const keptSizes = kept.map((axis) => sizes[axis]);
  const shape = [x.shape[0], product(keptSizes), product(axes.map((axis) => sizes[axis]))];
  const inverse = order.map((_, axis) => order.indexOf(axis));
  const trivial = order.every((axis, i) => axis === i);
  const turn = (y: tf.Tensor, by: readonly number[]) => (trivial ? y : transposed(y, by));
  return {
    x: tf.reshape(turn(x, order), shape),
    /** `[rows, kept, reduced]` back to `[rows, …]`. */
    back(y: tf.Tensor): tf.Tensor {
      const full = [y.shape[0], ...order.map((axis) => sizes[axis])];
      return turn(tf.reshape(y, full), inverse);
    },
    keptSizes,
  };
}

/** `[V, …]` with its other axes permuted; axes that stay neighbours are moved as one, so that any rank will do. */
export function transposed(x: tf.Tensor, permutation: readonly number[]): tf.Tensor {
  const sizes = x.shape.slice(1);
  const runs: number[][] = [];
  for (const axis of permutation) {
    const last = runs.at(-1);
    if (last && last[last.length - 1] === axis - 1) last.push(axis);
    else runs.push([axis]);
  }
  const bySource = [...runs].sort((a, b) => a[0] - b[0]);
  const merged = bySource.map((run) => product(run.map((axis) => sizes[axis])));
  const order = runs.map((run) => bySource.indexOf(run) + 1);
  const out = tf.transpose(tf.reshape(x, [x.shape[0], ...merged]), [0, ...order]);
  return tf.reshape(out, [x.shape[0], ...permutation.map((axis) => sizes[axis])]);
}

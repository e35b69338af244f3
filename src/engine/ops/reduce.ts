import type { ReduceAttributes } from '../graph/operators.ts';
import type { Shape } from '../graph/types.ts';
import { tf } from '../tf.ts';
import { gathered } from './axes.ts';
import { type Op, ShapeError } from './op.ts';
import { product, timesValues } from './rows.ts';

/** Shape with `axes` gone, or of size 1. */
function without(x: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (axes.some((axis) => axis < 0 || axis >= x.length))
    throw new ShapeError(`axes [${axes}] of an input of shape [${x}]`);
  return x.flatMap((n, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [n]));
}

/**
 * x `[V, …]` as `[V, outer, members, inner]` with the reduced axes in the third place, and the way back. Axes that
 * stand together need no transposition.
 */
function members(x: tf.Tensor, axes: readonly number[]) {
  const sorted = [...axes].sort((a, b) => a - b);
  const together = sorted.every((axis, i) => i === 0 || axis === sorted[i - 1] + 1);
  if (!together) {
    const { x: rows, back } = gathered(x, axes);
    return { rows: tf.reshape(rows, [...rows.shape, 1]), back: (y: tf.Tensor) => back(y) };
  }
  const sizes = x.shape.slice(1);
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  const shape = [
    x.shape[0],
    product(sizes.slice(0, first)),
    product(sizes.slice(first, last + 1)),
    product(sizes.slice(last + 1)),
  ];
  const back = (y: tf.Tensor) => tf.reshape(y, [y.shape[0], ...sizes]);
  return { rows: tf.reshape(x, shape), back };
}

type Reducer = (rows: tf.Tensor) => tf.Tensor;

const REDUCERS: Readonly<Record<ReduceAttributes['reduction'], Reducer>> = {
  mean: (rows) => tf.mean(rows, 2),
  sum: (rows) => tf.sum(rows, 2),
  max: (rows) => tf.max(rows, 2),
  min: (rows) => tf.min(rows, 2),
  l2: (rows) => tf.sqrt(tf.sum(tf.square(rows), 2)),
};

/** Derivative of the result for each member, `[V, outer, members, inner]`, or one number for all. */
const SLOPES: Readonly<
  Record<ReduceAttributes['reduction'], (rows: tf.Tensor) => tf.Tensor | number>
> = {
  mean: (rows) => 1 / rows.shape[2]!,
  sum: () => 1,
  // One winner, the first, where several tie.
  max: (rows) => winners(tf.argMax(rows, 2), rows.shape[2] as number),
  min: (rows) => winners(tf.argMin(rows, 2), rows.shape[2] as number),
  l2: (rows) => {
    const length = tf.sqrt(tf.sum(tf.square(rows), 2, true));
    return tf.divNoNan(rows, length);
  },
};

/** 1 at `index` `[V, outer, inner]`, else 0: `[V, outer, members, inner]`. */
function winners(index: tf.Tensor, count: number): tf.Tensor {
  const marks = tf.oneHot(tf.cast(index, 'int32'), count);
  return tf.cast(tf.transpose(marks, [0, 1, 3, 2]), 'float32');
}

export const reduce: Op<'reduce'> = {
  shape: ({ attributes: { axes, keepDims }, inputs: [x] }) => without(x, axes, keepDims),
  forward({ attributes: { reduction, axes, keepDims }, inputs: [x] }) {
    const { rows } = members(x, axes);
    const shape = without(x.shape.slice(1), axes, keepDims);
    return tf.reshape(REDUCERS[reduction](rows), [x.shape[0], ...shape]);
  },
  vjp({ attributes: { reduction, axes }, inputs: [x], dy, wanted }) {
    if (!wanted[0]) return [null];
    const { rows, back } = members(x, axes);
    const [, outer, count, inner] = rows.shape as [number, number, number, number];
    const slope = SLOPES[reduction](rows);
    const g = tf.reshape(dy, [dy.shape[0], outer, 1, inner]);
    if (typeof slope === 'number') {
      const share = slope === 1 ? g : tf.div(g, count);
      return [back(tf.tile(share, [1, 1, count, 1]))];
    }
    return [back(timesValues(tf.tile(g, [1, 1, count, 1]), slope))];
  },
  bias: null,
  reach: null,
  shown: true,
  view: false,
};

/** Has no gradient. */
export const argMax: Op<'argMax'> = {
  shape: ({ attributes: { axis, keepDims }, inputs: [x] }) => without(x, [axis], keepDims),
  forward({ attributes: { axis, keepDims }, inputs: [x] }) {
    const index = tf.cast(tf.argMax(x, axis + 1), 'float32');
    return tf.reshape(index, [x.shape[0], ...without(x.shape.slice(1), [axis], keepDims)]);
  },
  vjp: () => [null],
  bias: null,
  reach: null,
  shown: false,
  view: false,
};

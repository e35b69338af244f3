import { tf } from '../tf.ts';
import { transposed } from './axes.ts';
import { type BackwardCall, type Op, POINTWISE, ShapeError } from './op.ts';
import { dotRows, keepIf, product } from './rows.ts';

/** dy in the input's shape. */
const reshaped = ({ inputs: [x], dy }: Pick<BackwardCall<'reshape'>, 'inputs' | 'dy'>) =>
  tf.reshape(dy, [dy.shape[0], ...x.shape.slice(1)]);

/** The network's input: its value is given. */
export const input: Op<'input'> = {
  shape: () => {
    throw new ShapeError('an input has the shape it is given');
  },
  forward: () => {
    throw new ShapeError('an input is not computed');
  },
  vjp: () => [],
  bias: null,
  reach: null,
  shown: true,
  view: false,
};

export const constant: Op<'constant'> = {
  shape: ({ weights: { value } }) => value,
  forward: ({ weights: { value } }) => tf.reshape(value, [1, ...value.shape]),
  vjp: () => [],
  bias: null,
  reach: null,
  shown: false,
  view: false,
};

export const identity: Op<'identity'> = {
  shape: ({ inputs: [x] }) => x,
  forward: ({ inputs: [x] }) => tf.clone(x),
  vjp: ({ dy }) => [tf.clone(dy)],
  bias: null,
  reach: () => POINTWISE,
  shown: false,
  view: true,
  reads: () => 'nothing',
  cheap: true,
};

export const reshape: Op<'reshape'> = {
  shape({ attributes: { shape }, inputs: [x] }) {
    if (product(shape) !== product(x) || shape.some((n) => n < 0))
      throw new ShapeError(`an input of shape [${x}] for [${shape}]`);
    return shape;
  },
  forward: ({ attributes: { shape }, inputs: [x] }) => tf.reshape(x, [x.shape[0], ...shape]),
  vjp: (call) => [reshaped(call)],
  bias: null,
  reach: null,
  shown: false,
  view: true,
  reads: () => 'nothing',
  cheap: true,
};

export const transpose: Op<'transpose'> = {
  shape({ attributes: { permutation }, inputs: [x] }) {
    const sorted = [...permutation].sort((a, b) => a - b);
    if (permutation.length !== x.length || sorted.some((axis, i) => axis !== i))
      throw new ShapeError(`a permutation [${permutation}] of an input of shape [${x}]`);
    return permutation.map((axis) => x[axis]);
  },
  forward: ({ attributes: { permutation }, inputs: [x] }) => transposed(x, permutation),
  vjp({ attributes: { permutation }, dy }) {
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    return [transposed(dy, inverse)];
  },
  bias: null,
  reach: null,
  shown: false,
  view: false,
};

export const expand: Op<'expand'> = {
  shape({ attributes: { shape }, inputs: [x] }) {
    const bad = x.some((n, axis) => n !== 1 && n !== shape[axis - x.length + shape.length]);
    if (bad || x.length > shape.length)
      throw new ShapeError(`an input of shape [${x}] for [${shape}]`);
    return shape;
  },
  forward({ attributes: { shape }, inputs: [x] }) {
    const ones = Array(shape.length - x.rank + 1).fill(1);
    const raised = tf.reshape(x, [x.shape[0], ...ones, ...x.shape.slice(1)]);
    return tf.broadcastTo(raised, [x.shape[0], ...shape]);
  },
  vjp({ inputs: [x], dy }) {
    const missing = dy.rank - x.rank;
    const axes = dy.shape.flatMap((n, axis) =>
      axis > 0 && n !== 1 && (axis <= missing || x.shape[axis - missing] === 1) ? [axis] : [],
    );
    const sum = axes.length > 0 ? tf.sum(dy, axes) : dy;
    return [tf.reshape(sum, [dy.shape[0], ...x.shape.slice(1)])];
  },
  bias: null,
  reach: null,
  shown: false,
  view: false,
};

export const concat: Op<'concat'> = {
  shape({ attributes: { axis }, inputs }) {
    const [first, ...rest] = inputs;
    const fits = rest.every(
      (x) => x.length === first.length && x.every((n, i) => i === axis || n === first[i]),
    );
    if (!fits || axis >= first.length)
      throw new ShapeError(
        `shapes ${inputs.map((x) => `[${x}]`).join(' and ')} along axis ${axis}`,
      );
    return first.map((n, i) => (i === axis ? inputs.reduce((sum, x) => sum + x[axis], 0) : n));
  },
  forward({ attributes: { axis }, inputs }) {
    const volumes = Math.max(...inputs.map((x) => x.shape[0]));
    const full = inputs.map((x) =>
      x.shape[0] === volumes ? x : tf.broadcastTo(x, [volumes, ...x.shape.slice(1)]),
    );
    return tf.concat(full, axis + 1);
  },
  /** Cuts dy into the inputs' shares. */
  vjp({ attributes, inputs, dy, wanted }) {
    const axis = attributes.axis + 1;
    const count = dy.shape[0];
    const inner = (shape: readonly number[]) => product(shape.slice(axis));
    const rows = tf.reshape(dy, [-1, inner(dy.shape)]);
    let start = 0;
    return inputs.map((x, i) => {
      const from = start;
      start += inner(x.shape);
      const part = () => tf.slice(rows, [0, from], [-1, inner(x.shape)]);
      return keepIf(wanted[i], () => tf.reshape(part(), [count, ...x.shape.slice(1)]));
    });
  },
  /** A constant part of the result is added, in a way: it reaches the score past every layer. */
  bias({ attributes, inputs, constant: constants, dy }) {
    if (constants.every((is) => is) || !constants.includes(true)) return undefined;
    let start = 0;
    let sum: tf.Tensor | undefined;
    for (const [i, x] of inputs.entries()) {
      const size = x.shape[attributes.axis + 1];
      if (constants[i]) {
        const begin = dy.shape.map((_, axis) => (axis === attributes.axis + 1 ? start : 0));
        const sizes = dy.shape.map((n, axis) => (axis === attributes.axis + 1 ? size : n));
        const share = dotRows(tf.slice(dy, begin, sizes), x);
        sum = sum ? tf.add(sum, share) : share;
      }
      start += size;
    }
    return sum;
  },
  reach: null,
  shown: true,
  view: false,
  reads: () => 'nothing',
  cheap: true,
};

import type { Arithmetic } from '../graph/operators.ts';
import type { Shape } from '../graph/types.ts';
import { tf } from '../tf.ts';
import { type BackwardCall, type InputGradients, type Op, ShapeError } from './op.ts';
import { dotRows, keepIf, product, timesValues } from './rows.ts';

/** Shapes without the batch, broadcast to each other as NumPy does. */
export function broadcastShape(shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = Math.max(...sizes);
    const odd = sizes.find((n) => n !== size && n !== 1);
    if (odd !== undefined)
      throw new ShapeError(`shapes ${shapes.map((s) => `[${s}]`).join(' and ')}`);
    return sizes.includes(0) ? 0 : size;
  });
}

/** x `[V, …]` with axes of size 1 put behind the batch until it has `rank` axes without it. */
export function aligned(x: tf.Tensor, rank: number): tf.Tensor {
  const missing = rank - (x.rank - 1);
  if (missing <= 0) return x;
  return tf.reshape(x, [x.shape[0], ...Array(missing).fill(1), ...x.shape.slice(1)]);
}

type Pairwise = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const FUNCTIONS: Readonly<Record<Arithmetic, Pairwise>> = {
  add: (a, b) => tf.add(a, b),
  subtract: (a, b) => tf.sub(a, b),
  multiply: (a, b) => tf.mul(a, b),
  divide: (a, b) => tf.div(a, b),
  power: (a, b) => tf.pow(a, b),
  maximum: (a, b) => tf.maximum(a, b),
  minimum: (a, b) => tf.minimum(a, b),
  average: (a, b) => tf.add(a, b),
};

function compute(kind: Arithmetic, inputs: readonly tf.Tensor[]): tf.Tensor {
  const rank = Math.max(...inputs.map((x) => x.rank - 1));
  const y = inputs.map((x) => aligned(x, rank)).reduce(FUNCTIONS[kind]);
  return kind === 'average' ? tf.div(y, inputs.length) : y;
}

/** How much of dy an input of a sum gets; null for what is no sum. */
function factorOf(kind: Arithmetic, index: number, count: number): number | null {
  switch (kind) {
    case 'add':
      return 1;
    case 'subtract':
      return index === 0 ? 1 : -1;
    case 'average':
      return 1 / count;
    default:
      return null;
  }
}

/** Gradient for an input that was broadcast: dy summed over the axes along which it was. */
export function summedTo(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const shape = x.shape.slice(1);
  const given = dy.shape.slice(1);
  if (product(shape) === product(given)) return tf.reshape(dy, [dy.shape[0], ...shape]);
  const rank = given.length;
  const axes = given.flatMap((n, axis) =>
    n !== 1 && (shape[axis - rank + shape.length] ?? 1) === 1 ? [axis + 1] : [],
  );
  return tf.reshape(tf.sum(dy, axes), [dy.shape[0], ...shape]);
}

const scaled = (dy: tf.Tensor, by: number) => (by === 1 ? dy : tf.mul(dy, by));

function vjp(call: BackwardCall<'arithmetic'>): InputGradients {
  const { attributes, inputs, dy, wanted } = call;
  const { kind } = attributes;
  const { length } = inputs;
  if (factorOf(kind, 0, length) !== null) {
    return inputs.map((x, i) =>
      keepIf(wanted[i], () =>
        tf.clone(summedTo(scaled(dy, factorOf(kind, i, length) as number), x)),
      ),
    );
  }
  const wide = inputs.map((x) =>
    tf.broadcastTo(aligned(x, dy.rank - 1), [x.shape[0], ...dy.shape.slice(1)]),
  );
  return inputs.map((x, i) =>
    keepIf(wanted[i], () => summedTo(timesRows(dy, SLOPES[kind as Product](wide, i)), x)),
  );
}

type Product = Exclude<Arithmetic, 'add' | 'subtract' | 'average'>;

/** Derivative of the result for operand `i`, all of the result's shape. */
const SLOPES: Readonly<Record<Product, (xs: readonly tf.Tensor[], i: number) => tf.Tensor>> = {
  multiply: (xs, i) => xs.filter((_, j) => j !== i).reduce((a, b) => tf.mul(a, b)),
  divide: ([a, b], i) => (i === 0 ? tf.reciprocal(b) : tf.neg(tf.div(a, tf.square(b)))),
  power: ([a, b], i) =>
    i === 0 ? tf.mul(b, tf.pow(a, tf.sub(b, 1))) : tf.mul(tf.pow(a, b), tf.log(a)),
  maximum: (xs, i) => winner(xs, i, (a, b) => tf.greater(a, b)),
  minimum: (xs, i) => winner(xs, i, (a, b) => tf.less(a, b)),
};

/**
 * Share of operand `i` in the best of all, taken two by two: of two equal ones each has half, as in PyTorch. After ReLUs
 * many are equal, all 0.
 */
function winner(
  xs: readonly tf.Tensor[],
  i: number,
  isBetter: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const best = (a: tf.Tensor, b: tf.Tensor) => tf.where(isBetter(a, b), a, b);
  /** 1, 1/2 or 0 where a is better than, as good as or worse than b. */
  const share = (a: tf.Tensor, b: tf.Tensor) => {
    const [above, below] = [isBetter(a, b), isBetter(b, a)].map((x) => tf.cast(x, 'float32'));
    return tf.div(tf.add(tf.sub(above, below), 1), 2);
  };
  const before = xs.slice(0, i).reduce<tf.Tensor | null>((a, b) => (a ? best(a, b) : b), null);
  let wins = before ? share(xs[i], before) : tf.onesLike(xs[i]);
  let leader = before ? best(before, xs[i]) : xs[i];
  for (const x of xs.slice(i + 1)) {
    wins = tf.mul(wins, share(leader, x));
    leader = best(leader, x);
  }
  return wins;
}

const timesRows = (dy: tf.Tensor, x: tf.Tensor) =>
  x.shape[0] === 1 ? tf.mul(dy, x) : timesValues(dy, x);

/** What a sum adds, or a maximum takes, that depends on no input of the network counts as bias. */
function bias({ attributes, inputs, constant, dy }: BackwardCall<'arithmetic'>) {
  let sum: tf.Tensor | undefined;
  if (constant.every((is) => is)) return undefined;
  for (const i of inputs.keys()) {
    if (!constant[i]) continue;
    const share = constantShare(attributes.kind, inputs, i, dy);
    if (!share) continue;
    sum = sum ? tf.add(sum, share) : share;
  }
  return sum;
}

/** Undefined where operand `i` is no term but a factor. */
function constantShare(kind: Arithmetic, inputs: readonly tf.Tensor[], i: number, dy: tf.Tensor) {
  const wideOf = (x: tf.Tensor) =>
    tf.broadcastTo(aligned(x, dy.rank - 1), [x.shape[0], ...dy.shape.slice(1)]);
  const factor = factorOf(kind, i, inputs.length);
  if (factor !== null) return scaled(dotRows(dy, wideOf(inputs[i])), factor);
  if (kind !== 'maximum' && kind !== 'minimum') return undefined;
  const wide = inputs.map(wideOf);
  return dotRows(dy, tf.mul(SLOPES[kind](wide, i), wide[i]));
}

const PAIRS: ReadonlySet<Arithmetic> = new Set(['subtract', 'divide', 'power']);

/** Sums, products, quotients, … of values that are broadcast to each other. */
export const arithmetic: Op<'arithmetic'> = {
  shape({ attributes, inputs }) {
    if (inputs.length === 0) throw new ShapeError('no inputs');
    if (PAIRS.has(attributes.kind) && inputs.length !== 2)
      throw new ShapeError(`${inputs.length} operands of ${attributes.kind}`);
    return broadcastShape(inputs);
  },
  forward: ({ attributes, inputs }) =>
    inputs.length === 1 ? tf.clone(inputs[0]) : compute(attributes.kind, inputs),
  vjp,
  bias,
  reach: null,
  shown: true,
  view: false,
  reads: ({ kind }) => (factorOf(kind, 0, 2) === null ? 'both' : 'nothing'),
  cheap: true,
};

/** By numbers that depend on the network's input, through which no gradient goes. */
export const select: Op<'select'> = {
  shape({ inputs }) {
    if (inputs.length !== 3) throw new ShapeError(`${inputs.length} inputs`);
    return broadcastShape(inputs);
  },
  forward({ inputs }) {
    const rank = Math.max(...inputs.map((x) => x.rank - 1));
    const [condition, a, b] = inputs.map((x) => aligned(x, rank));
    return tf.where(tf.notEqual(condition, 0), a, b);
  },
  vjp({ inputs, dy, wanted }) {
    const takes = takesOf(inputs[0], dy);
    return inputs.map((x, i) =>
      keepIf(wanted[i], () =>
        i === 0
          ? tf.zeros([dy.shape[0], ...x.shape.slice(1)])
          : summedTo(timesRows(dy, takes[i - 1]), x),
      ),
    );
  },
  bias({ inputs, constant, dy }) {
    if (constant.every((is) => is)) return undefined;
    const takes = takesOf(inputs[0], dy);
    const i = constant.findIndex((is, at) => is && at > 0);
    return i < 0 ? undefined : dotRows(dy, tf.mul(aligned(inputs[i], dy.rank - 1), takes[i - 1]));
  },
  reach: null,
  shown: true,
  view: false,
};

/** 1 where the first, and where the second of both is taken, of the shape of dy. */
function takesOf(condition: tf.Tensor, dy: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const is = tf.cast(tf.notEqual(aligned(condition, dy.rank - 1), 0), 'float32');
  const wide = tf.broadcastTo(is, [is.shape[0], ...dy.shape.slice(1)]);
  return [wide, tf.sub(1, wide)];
}

export const where: Op<'where'> = {
  shape: ({ inputs, weights }) => broadcastShape([...inputs, weights.condition]),
  forward({ inputs, weights: { condition } }) {
    const rank = Math.max(condition.rank, ...inputs.map((x) => x.rank - 1));
    const [a, b] = inputs.map((x) => aligned(x, rank));
    const mask = aligned(tf.reshape(condition, [1, ...condition.shape]), rank);
    return tf.add(tf.mul(a, mask), tf.mul(b, tf.sub(1, mask)));
  },
  vjp({ inputs, weights: { condition }, dy, wanted }) {
    const mask = aligned(tf.reshape(condition, [1, ...condition.shape]), dy.rank - 1);
    return inputs.map((x, i) =>
      keepIf(wanted[i], () => summedTo(tf.mul(dy, i === 0 ? mask : tf.sub(1, mask)), x)),
    );
  },
  bias({ inputs, weights: { condition }, constant, dy }) {
    if (constant.every((is) => is)) return undefined;
    const mask = aligned(tf.reshape(condition, [1, ...condition.shape]), dy.rank - 1);
    const i = constant.indexOf(true);
    if (i < 0) return undefined;
    const part = tf.mul(aligned(inputs[i], dy.rank - 1), i === 0 ? mask : tf.sub(1, mask));
    return dotRows(dy, tf.broadcastTo(part, [part.shape[0], ...dy.shape.slice(1)]));
  },
  reach: null,
  shown: true,
  view: false,
};

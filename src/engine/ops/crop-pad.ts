import type { Attributes } from '../graph/operators.ts';
import { tf } from '../tf.ts';
import { spaced } from './depthwise.ts';
import { type Op, ShapeError } from './op.ts';
import { product } from './rows.ts';
import { padTensor } from './sliding.ts';

const ends = ({ begin, size, steps }: Attributes<'slice'>) =>
  begin.map((from, axis) => from + (size[axis] - 1) * steps[axis] + Math.sign(steps[axis]));

function cut(x: tf.Tensor, a: Attributes<'slice'>): tf.Tensor {
  const volumes = x.shape[0];
  if (a.steps.every((step) => step === 1))
    return tf.slice(x, [0, ...a.begin], [volumes, ...a.size]);
  // A negative step reads backwards: the part is cut out and turned round.
  const back = a.steps.flatMap((step, axis) => (step < 0 ? [axis] : []));
  const from = a.begin.map((b, axis) =>
    a.steps[axis] < 0 ? b + (a.size[axis] - 1) * a.steps[axis] : b,
  );
  const steps = a.steps.map(Math.abs);
  const to = from.map((b, axis) => b + (a.size[axis] - 1) * steps[axis] + 1);
  const part = tf.stridedSlice(x, [0, ...from], [volumes, ...to], [1, ...steps]);
  return back.length > 0
    ? tf.reverse(
        part,
        back.map((axis) => axis + 1),
      )
    : part;
}

/** A part of the input: crops, splits, picked entries. */
export const slice: Op<'slice'> = {
  shape({ attributes, inputs: [x] }) {
    const { begin, size, steps } = attributes;
    const last = ends(attributes);
    const fits = [begin, size, steps].every((list) => list.length === x.length);
    const inside = x.every(
      (n, axis) => begin[axis] >= 0 && begin[axis] < n && last[axis] >= -1 && last[axis] <= n,
    );
    if (!fits || !inside || size.some((n) => n < 1))
      throw new ShapeError(`a part [${size}] from [${begin}] of an input of shape [${x}]`);
    return size;
  },
  forward: ({ attributes, inputs: [x] }) => cut(x, attributes),
  vjp({ attributes: { begin, size, steps }, inputs: [x], dy, wanted }) {
    if (!wanted[0]) return [null];
    const turned = steps.flatMap((step, axis) => (step < 0 ? [axis + 1] : []));
    const forwards = turned.length > 0 ? tf.reverse(dy, turned) : dy;
    const part = spaced(forwards, steps.map(Math.abs));
    const from = begin.map((b, axis) => Math.min(b, b + (size[axis] - 1) * steps[axis]));
    const margins = from.map((b, axis): [number, number] => [
      b,
      x.shape[axis + 1] - b - (part.shape[axis + 1] as number),
    ]);
    return [padded(part, margins)];
  },
  bias: null,
  reach: null,
  shown: true,
  view: false,
};

/** Zeros around the axes behind the first; those that are left alone are merged, since tfjs pads few axes. */
function padded(
  x: tf.Tensor,
  margins: readonly (readonly [number, number])[],
  value = 0,
): tf.Tensor {
  let y = x;
  for (const [i, margin] of margins.entries()) {
    if (margin[0] === 0 && margin[1] === 0) continue;
    const axis = i + 1;
    const outer = product(y.shape.slice(0, axis));
    const inner = product(y.shape.slice(axis + 1));
    const n = y.shape[axis];
    const rows = tf.reshape(y, [outer, n, inner]);
    const wide = padTensor(rows, [[0, 0], margin, [0, 0]], value);
    y = tf.reshape(
      wide,
      y.shape.map((size, a) => (a === axis ? (wide.shape[1] as number) : size)),
    );
  }
  return y === x ? tf.clone(x) : y;
}

/** Mirrored or repeated margins along one axis, `[outer, n, inner]`. */
function margin(
  rows: tf.Tensor,
  [before, after]: readonly [number, number],
  mode: 'reflect' | 'edge',
): tf.Tensor {
  const [outer, n, inner] = rows.shape as [number, number, number];
  const part = (from: number, count: number) => tf.slice(rows, [0, from, 0], [outer, count, inner]);
  const parts: tf.Tensor[] = [rows];
  if (before > 0) {
    parts.unshift(
      mode === 'edge' ? tf.tile(part(0, 1), [1, before, 1]) : tf.reverse(part(1, before), 1),
    );
  }
  if (after > 0) {
    parts.push(
      mode === 'edge'
        ? tf.tile(part(n - 1, 1), [1, after, 1])
        : tf.reverse(part(n - 1 - after, after), 1),
    );
  }
  return tf.concat(parts, 1);
}

function run(x: tf.Tensor, { pads, mode, value }: Attributes<'pad'>): tf.Tensor {
  if (mode === 'constant') return padded(x, pads, value);
  let y = x;
  for (const [i, amounts] of pads.entries()) {
    if (amounts[0] <= 0 && amounts[1] <= 0) continue;
    const axis = i + 1;
    const outer = product(y.shape.slice(0, axis));
    const inner = product(y.shape.slice(axis + 1));
    const wide = margin(tf.reshape(y, [outer, y.shape[axis], inner]), amounts, mode);
    y = tf.reshape(
      wide,
      y.shape.map((size, a) => (a === axis ? (wide.shape[1] as number) : size)),
    );
  }
  const cuts = pads.map(([b, a]) => [Math.min(0, b), Math.min(0, a)] as const);
  return padded(y, cuts);
}

/** The adjoint of {@link margin}: what was copied out is added where it came from, `[outer, size, inner]`. */
function unmargin(
  rows: tf.Tensor,
  [before, after]: readonly [number, number],
  mode: 'reflect' | 'edge',
): tf.Tensor {
  const [outer, wide, inner] = rows.shape as [number, number, number];
  const n = wide - before - after;
  const part = (from: number, count: number) => tf.slice(rows, [0, from, 0], [outer, count, inner]);
  const at = (x: tf.Tensor, start: number) =>
    padTensor(
      x,
      [
        [0, 0],
        [start, n - start - (x.shape[1] as number)],
        [0, 0],
      ],
      0,
    );
  const moved = (from: number, count: number, edge: number, start: number) =>
    mode === 'edge'
      ? at(tf.sum(part(from, count), 1, true), edge)
      : at(tf.reverse(part(from, count), 1), start);
  let sum: tf.Tensor = part(before, n);
  if (before > 0) sum = tf.add(sum, moved(0, before, 0, 1));
  if (after > 0) sum = tf.add(sum, moved(before + n, after, n - 1, n - 1 - after));
  return sum;
}

function unpadded(
  dy: tf.Tensor,
  shape: readonly number[],
  { pads, mode }: Attributes<'pad'>,
): tf.Tensor {
  let y = padded(
    dy,
    pads.map(([b, a]) => [Math.max(0, -b), Math.max(0, -a)] as const),
  );
  if (mode === 'constant') return y;
  for (const [i, [b, a]] of [...pads.entries()].reverse()) {
    const amounts = [Math.max(0, b), Math.max(0, a)] as const;
    if (amounts[0] + amounts[1] === 0) continue;
    const axis = i + 1;
    const outer = product(y.shape.slice(0, axis));
    const inner = product(y.shape.slice(axis + 1));
    const rows = unmargin(tf.reshape(y, [outer, y.shape[axis], inner]), amounts, mode);
    y = tf.reshape(
      rows,
      y.shape.map((size, at) => (at === axis ? shape[axis] : size)),
    );
  }
  return y;
}

export const pad: Op<'pad'> = {
  shape({ attributes: { pads, mode }, inputs: [x] }) {
    const shape = x.map((n, axis) => n + pads[axis][0] + pads[axis][1]);
    const reflects = mode === 'reflect' && x.some((n, axis) => Math.max(...pads[axis]) >= n);
    if (pads.length !== x.length || shape.some((n) => n < 1) || reflects)
      throw new ShapeError(`padding of [${pads.join('], [')}] for an input of shape [${x}]`);
    return shape;
  },
  forward: ({ attributes, inputs: [x] }) => run(x, attributes),
  vjp({ attributes, inputs: [x], dy, wanted }) {
    if (!wanted[0]) return [null];
    if (attributes.mode === 'constant')
      return [
        padded(
          dy,
          attributes.pads.map(([b, a]) => [-b, -a] as const),
        ),
      ];
    return [unpadded(dy, x.shape, attributes)];
  },
  /** Padding with another value than 0 adds that. */
  bias({ attributes: { pads, mode, value }, inputs: [x], dy }) {
    if (mode !== 'constant' || value === 0) return undefined;
    const ones = padded(tf.ones([1, ...x.shape.slice(1)]), pads);
    const outside = tf.mul(tf.sub(1, ones), value);
    return tf.sum(tf.reshape(tf.mul(dy, outside), [dy.shape[0], -1]), 1);
  },
  reach: null,
  shown: false,
  view: false,
};

import {
  type Constant,
  constantOf,
  integers,
  isInteger,
  MOST_NUMBERS,
  sizeOf,
} from './constant.ts';
import type { Numbers } from '../numbers.ts';
import type { Attributes } from './model.ts';

/**
 * Operators on numbers known at import: shape arithmetic and weights that are transposed, cast or scaled. A row
 * gives undefined where the operator's definition is not met, which the importer reports.
 */
export type Fold = (
  inputs: readonly (Constant | undefined)[],
  attrs: Attributes,
  opset: number,
  /** How many outputs the node has. */
  outputs?: number,
) => Constant | readonly Constant[] | undefined;

/** Thrown for a result larger than {@link MOST_NUMBERS}. */
export class TooLarge extends Error {
  constructor(readonly size: number) {
    super(`asks for ${size} numbers`);
  }
}

/** A result that is made of fewer numbers than it has may have so many. */
const MOST_GROWN = 2 ** 24;
/** Multiplications that one product may take: a second's work. */
const MOST_PRODUCTS = 2 ** 29;

/** @param from how many numbers the result is made of, where it may be larger than that */
function allocate(dims: readonly number[], integer: boolean, from?: number): Numbers {
  const size = sizeOf(dims);
  const limit = from === undefined ? MOST_NUMBERS : Math.max(MOST_GROWN, from);
  if (!(size <= limit)) throw new TooLarge(size);
  return integer ? new Float64Array(size) : new Float32Array(size);
}

/** Steps in memory along each axis, in numbers; x fastest. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * dims[i + 1];
  return strides;
}

/** Numpy's common shape; undefined where there is none. */
export function broadcast(
  a: readonly number[],
  b: readonly number[],
): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const m = a[a.length - rank + i] ?? 1;
    const n = b[b.length - rank + i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) return undefined;
    out.push(m === 1 ? n : m);
  }
  return out;
}

/** Copies `data` read with `strides` (0 repeats, negative goes backwards) from `start` into `dims`. */
function gather(
  { data, integer }: Constant,
  dims: readonly number[],
  strides: readonly number[],
  start = 0,
): Constant {
  const out = allocate(dims, integer, data.length);
  const index = dims.map(() => 0);
  let at = start;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[at];
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < dims[axis]) break;
      at -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
  return { dims, data: out, integer };
}

/** `constant` repeated to the shape `dims`, by numpy's rules. */
export function expandTo(constant: Constant, dims: readonly number[]): Constant {
  const own = stridesOf(constant.dims);
  const lead = dims.length - constant.dims.length;
  const strides = dims.map((_, i) =>
    i < lead || constant.dims[i - lead] === 1 ? 0 : own[i - lead],
  );
  return gather(constant, dims, strides);
}

export function transposed(constant: Constant, order: readonly number[]): Constant {
  const strides = stridesOf(constant.dims);
  return gather(
    constant,
    order.map((axis) => constant.dims[axis]),
    order.map((axis) => strides[axis]),
  );
}

type Binary = (a: number, b: number) => number;

function elementwise(run: Binary, truth = false): Fold {
  return ([a, b]) => {
    const dims = a && b && broadcast(a.dims, b.dims);
    if (!a || !b || !dims) return undefined;
    const integer = truth || (a.integer && b.integer);
    const out = allocate(dims, integer, a.data.length + b.data.length);
    const [x, y] = [a, b].map((side) => (sizeOf(side.dims) === 1 ? side : expandTo(side, dims)));
    const [stepX, stepY] = [x, y].map((side) => (side.data.length === 1 ? 0 : 1));
    for (let i = 0; i < out.length; i++) out[i] = run(x.data[i * stepX], y.data[i * stepY]);
    return { dims, data: out, integer };
  };
}

function unary(run: (x: number) => number, truth = false): Fold {
  return ([x]) => {
    if (!x) return undefined;
    const data = allocate(x.dims, x.integer || truth);
    for (let i = 0; i < data.length; i++) data[i] = run(x.data[i]);
    return { dims: x.dims, data, integer: x.integer || truth };
  };
}

const divide: Fold = (inputs, attrs, opset) => {
  const whole = inputs[0]?.integer && inputs[1]?.integer;
  return elementwise(whole ? (a, b) => Math.trunc(a / b) : (a, b) => a / b)(inputs, attrs, opset);
};

/** Axes given as an input from some opset on, as an attribute before. */
function axesOf(given: Constant | undefined, attrs: Attributes): readonly number[] | undefined {
  return given ? [...given.data] : attrs.ints('axes');
}

const positive = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/** `dims` with unit axes put in at `axes`, which count in the result. */
export function unsqueezed(dims: readonly number[], axes: readonly number[]): number[] {
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => positive(axis, rank)));
  let next = 0;
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : dims[next++]));
}

/** `dims` without the unit axes `axes`, or without any where none are named. */
export function squeezed(dims: readonly number[], axes: readonly number[] | undefined): number[] {
  const gone = axes?.map((axis) => positive(axis, dims.length));
  return dims.filter((n, i) => (gone ? !gone.includes(i) : n !== 1));
}

/** The shape that Reshape makes of `dims`: 0 keeps an axis, -1 takes the rest. */
export function reshapedDims(
  dims: readonly number[],
  wanted: readonly number[],
  allowZero: boolean,
): number[] | undefined {
  const out = wanted.map((n, i) => (n === 0 && !allowZero ? dims[i] : n));
  const rest = out.indexOf(-1);
  const known = sizeOf(out.filter((n) => n !== -1));
  if (rest >= 0) out[rest] = sizeOf(dims) / known;
  return sizeOf(out) === sizeOf(dims) && out.every((n) => Number.isInteger(n) && n >= 0)
    ? out
    : undefined;
}

export interface Range {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** What Slice takes of `dims`, with its negative and open ends resolved. */
export function rangesOf(
  dims: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[],
): Range[] {
  return starts.map((first, i) => {
    const axis = positive(axes[i] ?? i, dims.length);
    const size = dims[axis];
    const step = steps[i] ?? 1;
    const clip = (at: number) => {
      const whole = at < 0 ? at + size : at;
      return step > 0
        ? Math.min(Math.max(whole, 0), size)
        : Math.min(Math.max(whole, -1), size - 1);
    };
    const start = clip(first);
    const length = Math.max(0, Math.ceil((clip(ends[i]) - start) / step));
    return { axis, start, step, length };
  });
}

const slice: Fold = ([x, starts, ends, axes, steps], attrs) => {
  if (!x) return undefined;
  const from = starts ? [...starts.data] : attrs.ints('starts');
  const to = ends ? [...ends.data] : attrs.ints('ends');
  if (!from || !to) return undefined;
  const along = axesOf(axes, attrs) ?? from.map((_, i) => i);
  const ranges = rangesOf(x.dims, from, to, along, steps ? [...steps.data] : []);
  const dims = [...x.dims];
  const strides = stridesOf(x.dims);
  let first = 0;
  for (const { axis, start, step, length } of ranges) {
    dims[axis] = length;
    first += start * strides[axis];
    strides[axis] *= step;
  }
  return gather(x, dims, strides, first);
};

const concat: Fold = (inputs, attrs) => {
  const parts = inputs.filter((x) => x !== undefined);
  const [first] = parts;
  if (!first || parts.length !== inputs.length) return undefined;
  const axis = positive(attrs.int('axis', 0), first.dims.length);
  const dims = first.dims.with(
    axis,
    parts.reduce((sum, x) => sum + x.dims[axis], 0),
  );
  const data = allocate(dims, first.integer);
  const outer = sizeOf(dims.slice(0, axis));
  let at = 0;
  for (let row = 0; row < outer; row++) {
    for (const part of parts) {
      const length = part.data.length / outer;
      data.set(part.data.subarray(row * length, (row + 1) * length), at);
      at += length;
    }
  }
  return { dims, data, integer: first.integer };
};

const take: Fold = ([x, indices], attrs) => {
  if (!x || !indices) return undefined;
  const axis = positive(attrs.int('axis', 0), x.dims.length);
  const outer = sizeOf(x.dims.slice(0, axis));
  const inner = sizeOf(x.dims.slice(axis + 1));
  const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
  const data = allocate(dims, x.integer);
  let at = 0;
  for (let row = 0; row < outer; row++) {
    for (const index of indices.data) {
      const from = (row * x.dims[axis] + positive(index, x.dims[axis])) * inner;
      data.set(x.data.subarray(from, from + inner), at);
      at += inner;
    }
  }
  return { dims, data, integer: x.integer };
};

function reduce(start: number, add: Binary, finish = (sum: number, _count: number) => sum): Fold {
  return ([x, given], attrs) => {
    if (!x) return undefined;
    const axes = axesOf(given, attrs) ?? x.dims.map((_, i) => i);
    const gone = new Set(axes.map((axis) => positive(axis, x.dims.length)));
    const kept = x.dims.map((n, i) => (gone.has(i) ? 1 : n));
    const strides = stridesOf(kept).map((step, i) => (gone.has(i) ? 0 : step));
    const own = stridesOf(x.dims);
    const data = allocate(kept, x.integer).fill(start);
    for (let i = 0; i < x.data.length; i++) {
      let to = 0;
      for (const [axis, step] of strides.entries())
        to += (Math.floor(i / own[axis]) % x.dims[axis]) * step;
      data[to] = add(data[to], x.data[i]);
    }
    const count = x.data.length / data.length;
    for (let i = 0; i < data.length; i++) data[i] = finish(data[i], count);
    const dims = attrs.int('keepdims', 1) ? kept : x.dims.filter((_, i) => !gone.has(i));
    return { dims, data, integer: x.integer };
  };
}

const reshape: Fold = ([x, shape], attrs) => {
  if (!x || !shape) return undefined;
  const dims = reshapedDims(x.dims, [...shape.data], attrs.int('allowzero', 0) === 1);
  return dims && { ...x, dims };
};

const where: Fold = ([condition, a, b], attrs, opset) => {
  if (!condition || !a || !b) return undefined;
  const sum = elementwise((x) => x);
  const all = sum([a, b], attrs, opset) as Constant | undefined;
  const dims = all && broadcast(all.dims, condition.dims);
  if (!dims) return undefined;
  const [c, x, y] = [condition, a, b].map((side) => expandTo(side, dims));
  const data = allocate(dims, a.integer);
  for (let i = 0; i < data.length; i++) data[i] = c.data[i] ? x.data[i] : y.data[i];
  return { dims, data, integer: a.integer };
};

const split: Fold = ([x, given], attrs, opset, outputs = 1) => {
  if (!x) return undefined;
  const axis = positive(attrs.int('axis', 0), x.dims.length);
  const count = attrs.int('num_outputs', outputs);
  const even = Math.ceil(x.dims[axis] / count);
  const sizes = given ? [...given.data] : attrs.ints('split');
  const begins: number[] = [0];
  for (let i = 0; i < count; i++) begins.push(begins[i] + (sizes?.[i] ?? even));
  const part = (i: number) =>
    slice(
      [x, ...[begins[i], begins[i + 1], axis].map((n) => integers([n]))],
      attrs,
      opset,
    ) as Constant;
  return begins.slice(1).map((_, i) => part(i));
};

const product: Fold = ([a, b]) => {
  if (a?.dims.length !== 2 || b?.dims.length !== 2 || a.dims[1] !== b.dims[0]) return undefined;
  const [rows, inner] = a.dims;
  const columns = b.dims[1];
  if (!(rows * inner * columns <= MOST_PRODUCTS)) throw new TooLarge(rows * inner * columns);
  const data = allocate([rows, columns], a.integer && b.integer);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a.data[i * inner + k] * b.data[k * columns + j];
      data[i * columns + j] = sum;
    }
  }
  return { dims: [rows, columns], data, integer: a.integer && b.integer };
};

const gemm: Fold = ([a, b, c], attrs, opset) => {
  if (a?.dims.length !== 2 || b?.dims.length !== 2) return undefined;
  const turned = (x: Constant, by: string) => (attrs.int(by, 0) ? transposed(x, [1, 0]) : x);
  const times = (x: Constant, factor: number) =>
    factor === 1 ? x : { ...x, data: x.data.map((n) => n * factor) };
  const ab = product([turned(a, 'transA'), turned(b, 'transB')], attrs, opset) as Constant;
  const scaled = ab && times(ab, attrs.float('alpha', 1));
  const sum = elementwise((x, y) => x + y);
  return scaled && c ? sum([scaled, times(c, attrs.float('beta', 1))], attrs, opset) : scaled;
};

/** Of weights among themselves, without an ellipsis: a sum over all letters, each step of a letter a step in every operand. */
const einsum: Fold = (inputs, attrs) => {
  const [left, right] = attrs.text('equation', '').replaceAll(' ', '').split('->');
  const sides = left.split(',');
  const given = inputs.filter((x) => x !== undefined);
  if (right === undefined || /\./.test(left + right) || sides.length !== given.length)
    return undefined;
  const sizes = new Map<string, number>();
  for (const [i, side] of sides.entries()) {
    const { dims } = given[i];
    if (side.length !== dims.length) return undefined;
    for (const [axis, letter] of [...side].entries()) {
      if ((sizes.get(letter) ?? dims[axis]) !== dims[axis]) return undefined;
      sizes.set(letter, dims[axis]);
    }
  }
  if ([...right].some((letter) => !sizes.has(letter))) return undefined;
  const letters = [...sizes.keys()];
  const all = letters.map((letter) => sizes.get(letter) as number);
  if (!(sizeOf(all) <= MOST_PRODUCTS / 8)) throw new TooLarge(sizeOf(all));
  const stepsIn = (side: string, dims: readonly number[]) => {
    const strides = stridesOf(dims);
    return letters.map((letter) =>
      [...side].reduce((sum, one, axis) => (one === letter ? sum + strides[axis] : sum), 0),
    );
  };
  const dims = [...right].map((letter) => sizes.get(letter) as number);
  const steps = [...sides.map((side, i) => stepsIn(side, given[i].dims)), stepsIn(right, dims)];
  const integer = given.every((x) => x.integer);
  const data = allocate(dims, integer);
  const at = steps.map(() => 0);
  const index = all.map(() => 0);
  for (let n = sizeOf(all); n > 0; n--) {
    let term = 1;
    for (let i = 0; i < given.length; i++) term *= given[i].data[at[i]];
    data[at[given.length]] += term;
    for (let axis = all.length - 1; axis >= 0; axis--) {
      for (let i = 0; i < at.length; i++) at[i] += steps[i][axis];
      if (++index[axis] < all[axis]) break;
      for (let i = 0; i < at.length; i++) at[i] -= steps[i][axis] * all[axis];
      index[axis] = 0;
    }
  }
  return { dims, data, integer };
};

/** Weights kept as whole numbers: `(x - zero) scale`, both one number or one per entry of an axis. */
const dequantize: Fold = ([x, scale, zero], attrs, opset) => {
  if (!x || !scale || attrs.int('block_size', 0) !== 0) return undefined;
  const axis = positive(attrs.int('axis', 1), x.dims.length);
  const along = (side: Constant): Constant =>
    side.data.length === 1
      ? { ...side, dims: [] }
      : { ...side, dims: x.dims.map((n, i) => (i === axis ? n : 1)) };
  if ([scale, zero].some((side) => side && ![1, x.dims[axis]].includes(side.data.length)))
    return undefined;
  const whole = { ...x, integer: false };
  const times = elementwise((a, b) => a * b);
  const from = elementwise((a, b) => a - b);
  const centred = zero ? (from([whole, along(zero)], attrs, opset) as Constant) : whole;
  return times([centred, along(scale)], attrs, opset);
};

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export const FOLDS: Readonly<Record<string, Fold>> = {
  Abs: unary(Math.abs),
  Acos: unary(Math.acos),
  Asin: unary(Math.asin),
  Atan: unary(Math.atan),
  Add: elementwise((a, b) => a + b),
  And: elementwise((a, b) => Number(a !== 0 && b !== 0), true),
  Cast: ([x], attrs) => {
    if (!x) return undefined;
    const integer = isInteger(attrs.int('to', 1));
    if (integer === x.integer) return x;
    const data = integer ? Float64Array.from(x.data, Math.trunc) : Float32Array.from(x.data);
    return { dims: x.dims, data, integer };
  },
  CastLike: ([x, like]) =>
    x && {
      dims: x.dims,
      integer: like?.integer === true,
      data: like?.integer ? Float64Array.from(x.data, Math.trunc) : Float32Array.from(x.data),
    },
  Ceil: unary(Math.ceil),
  Cos: unary(Math.cos),
  Dropout: ([x]) => x,
  Concat: concat,
  ConstantOfShape: ([shape], attrs) => {
    if (!shape) return undefined;
    const dims = [...shape.data];
    const tensor = attrs.tensor('value');
    const value = tensor ? constantOf(tensor, undefined, '') : integers([0]);
    const integer = tensor !== undefined && value.integer;
    return { dims, data: allocate(dims, integer, 0).fill(value.data[0]), integer };
  },
  DequantizeLinear: dequantize,
  Div: divide,
  Einsum: einsum,
  Equal: elementwise((a, b) => Number(a === b), true),
  Exp: unary(Math.exp),
  Expand: ([x, shape]) => {
    const dims = x && shape && broadcast(x.dims, [...shape.data]);
    return dims && expandTo(x, dims);
  },
  Floor: unary(Math.floor),
  Gather: take,
  Gemm: gemm,
  Greater: elementwise((a, b) => Number(a > b), true),
  GreaterOrEqual: elementwise((a, b) => Number(a >= b), true),
  Identity: ([x]) => x,
  Less: elementwise((a, b) => Number(a < b), true),
  LessOrEqual: elementwise((a, b) => Number(a <= b), true),
  Log: unary(Math.log),
  MatMul: product,
  Max: (inputs, attrs, opset) => chain(Math.max)(inputs, attrs, opset),
  Min: (inputs, attrs, opset) => chain(Math.min)(inputs, attrs, opset),
  Mod: elementwise((a, b) => a - Math.floor(a / b) * b),
  Mul: elementwise((a, b) => a * b),
  Neg: unary((x) => -x),
  Not: unary((x) => Number(x === 0), true),
  Or: elementwise((a, b) => Number(a !== 0 || b !== 0), true),
  Pow: elementwise((a, b) => a ** b),
  Range: ([start, limit, delta]) => {
    if (!start || !limit || !delta) return undefined;
    const [from, to, step] = [start, limit, delta].map(({ data }) => data[0]);
    const dims = [Math.max(0, Math.ceil((to - from) / step))];
    const data = allocate(dims, start.integer, 0);
    for (let i = 0; i < data.length; i++) data[i] = from + i * step;
    return { dims, data, integer: start.integer };
  },
  Reciprocal: unary((x) => 1 / x),
  ReduceL1: reduce(0, (a, b) => a + Math.abs(b)),
  ReduceL2: reduce(0, (a, b) => a + b * b, Math.sqrt),
  ReduceMax: reduce(Number.NEGATIVE_INFINITY, Math.max),
  ReduceMean: reduce(
    0,
    (a, b) => a + b,
    (sum, count) => sum / count,
  ),
  ReduceMin: reduce(Number.POSITIVE_INFINITY, Math.min),
  ReduceProd: reduce(1, (a, b) => a * b),
  ReduceSum: reduce(0, (a, b) => a + b),
  ReduceSumSquare: reduce(0, (a, b) => a + b * b),
  Relu: unary((x) => Math.max(x, 0)),
  Reshape: reshape,
  Round: unary((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))),
  Size: ([x]) => x && { dims: [], data: Float64Array.of(x.data.length), integer: true },
  Sigmoid: unary(sigmoid),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Slice: slice,
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Split: split,
  Sqrt: unary(Math.sqrt),
  Squeeze: ([x, axes], attrs) => x && { ...x, dims: squeezed(x.dims, axesOf(axes, attrs)) },
  Sub: elementwise((a, b) => a - b),
  Tan: unary(Math.tan),
  Tanh: unary(Math.tanh),
  Tile: ([x, repeats]) => {
    if (!x || !repeats) return undefined;
    const pairs = x.dims.flatMap((n, i) => [repeats.data[i], n]);
    const spread = expandTo({ ...x, dims: x.dims.flatMap((n) => [1, n]) }, pairs);
    return { ...spread, dims: x.dims.map((n, i) => n * repeats.data[i]) };
  },
  Transpose: ([x], attrs) =>
    x && transposed(x, attrs.ints('perm') ?? x.dims.map((_, i) => x.dims.length - 1 - i)),
  Unsqueeze: ([x, given], attrs) => {
    const axes = axesOf(given, attrs);
    return x && axes && { ...x, dims: unsqueezed(x.dims, axes) };
  },
  Where: where,
  Xor: elementwise((a, b) => Number((a !== 0) !== (b !== 0)), true),
};

function chain(run: Binary): Fold {
  return (inputs, attrs, opset) =>
    inputs.reduce<Constant | undefined>(
      (sum, x) => sum && (elementwise(run)([sum, x], attrs, opset) as Constant | undefined),
      inputs[0],
    );
}

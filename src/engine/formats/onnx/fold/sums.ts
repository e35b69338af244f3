import { type Constant, sizeOf } from '../constant.ts';
import { type Binary, elementwise } from './elementwise.ts';
import { allocate, type Fold, MOST_PRODUCTS, TooLarge } from './fold.ts';
import { transposed } from './gather.ts';
import { axesOf, positive, stridesOf } from './shapes.ts';

export function reduce(
  start: number,
  add: Binary,
  finish = (sum: number, _count: number) => sum,
): Fold {
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

export const product: Fold = ([a, b]) => {
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

export const gemm: Fold = ([a, b, c], attrs, opset) => {
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
export const einsum: Fold = (inputs, attrs) => {
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

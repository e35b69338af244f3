import { type Constant, sizeOf } from '../constant.ts';
import { allocate, type Fold } from './fold.ts';
import { expandTo } from './gather.ts';
import { broadcast, positive } from './shapes.ts';

export type Binary = (a: number, b: number) => number;

export function elementwise(run: Binary, truth = false): Fold {
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

export function unary(run: (x: number) => number, truth = false): Fold {
  return ([x]) => {
    if (!x) return undefined;
    const data = allocate(x.dims, x.integer || truth);
    for (let i = 0; i < data.length; i++) data[i] = run(x.data[i]);
    return { dims: x.dims, data, integer: x.integer || truth };
  };
}

export const divide: Fold = (inputs, attrs, opset) => {
  const whole = inputs[0]?.integer && inputs[1]?.integer;
  return elementwise(whole ? (a, b) => Math.trunc(a / b) : (a, b) => a / b)(inputs, attrs, opset);
};

export function chain(run: Binary): Fold {
  return (inputs, attrs, opset) =>
    inputs.reduce<Constant | undefined>(
      (sum, x) => sum && (elementwise(run)([sum, x], attrs, opset) as Constant | undefined),
      inputs[0],
    );
}

export const where: Fold = ([condition, a, b], attrs, opset) => {
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

/** Weights kept as whole numbers: `(x - zero) scale`, both one number or one per entry of an axis. */
export const dequantize: Fold = ([x, scale, zero], attrs, opset) => {
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

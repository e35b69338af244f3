import { type Constant, integers, reshapedTo, sizeOf } from '../constant.ts';
import { allocate, type Fold } from './fold.ts';
import { gather } from './gather.ts';
import { axesOf, positive, rangesOf, reshapedDims, stridesOf } from './shapes.ts';

export const slice: Fold = ([x, starts, ends, axes, steps], attrs) => {
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

export const concat: Fold = (inputs, attrs) => {
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

const outside = (index: number, size: number) => index < -size || index >= size;

export const take: Fold = ([x, indices], attrs) => {
  if (!x || !indices) return undefined;
  const axis = positive(attrs.int('axis', 0), x.dims.length);
  if (indices.data.some((index) => outside(index, x.dims[axis]))) return undefined;
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

/** https://onnx.ai/onnx/operators/onnx__GatherND.html, without batch dimensions. */
export const takePlaces: Fold = ([x, places], attrs) => {
  const count = places?.dims.at(-1);
  if (!x || !places || !count || count > x.dims.length || attrs.int('batch_dims', 0) !== 0)
    return undefined;
  if (places.data.some((index, i) => outside(index, x.dims[i % count]))) return undefined;
  const dims = [...places.dims.slice(0, -1), ...x.dims.slice(count)];
  const inner = sizeOf(x.dims.slice(count));
  const data = allocate(dims, x.integer);
  for (let place = 0; place * count < places.data.length; place++) {
    const own = [...places.data.subarray(place * count, (place + 1) * count)];
    const from = own.reduce(
      (at, index, axis) => at * x.dims[axis] + positive(index, x.dims[axis]),
      0,
    );
    data.set(x.data.subarray(from * inner, (from + 1) * inner), place * inner);
  }
  return { dims, data, integer: x.integer };
};

export const reshape: Fold = ([x, shape], attrs) => {
  if (!x || !shape) return undefined;
  const dims = reshapedDims(x.dims, [...shape.data], attrs.int('allowzero', 0) === 1);
  return dims && reshapedTo(x, dims);
};

export const split: Fold = ([x, given], attrs, opset, outputs = 1) => {
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

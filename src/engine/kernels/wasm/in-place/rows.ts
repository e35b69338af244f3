import { backend_util, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { partsOf, type TensorMemory } from './tensor-memory.ts';

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
const fourBytes = ({ dtype }: TensorInfo) => dtype === 'float32' || dtype === 'int32';

/** Arguments of `copyRows`. */
type Copy = [
  source: number,
  from: number,
  target: number,
  to: number,
  bytes: number,
  rows: number,
  times: number,
];

function copy(memory: TensorMemory, copies: readonly Copy[]): void {
  const calls = copies.flatMap(([source, from, target, to, bytes, rows, times]) =>
    partsOf(rows, (bytes * times) / 4).map(({ first, count }) => {
      return [source + first * from, from, target + first * to, to, bytes, count, times];
    }),
  );
  memory.runEach('copyRows', calls);
}

/** Inputs behind each other along an axis; undefined where tfjs's own kernel has to do it. */
export function concat(
  memory: TensorMemory,
  inputs: readonly TensorInfo[],
  axis: number,
): TensorInfo | undefined {
  const [first] = inputs;
  const parts = inputs.filter(({ shape }) => product(shape) > 0);
  if (parts.length < 2 || !parts.every((x) => fourBytes(x) && x.dtype === first.dtype)) return;
  const [at] = util.parseAxisParam(axis, first.shape);
  const shapes = inputs.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, at);
  const out = memory.output(backend_util.computeOutShape(shapes, at), first.dtype);
  const rowBytes = product(out.shape.slice(at)) * 4;
  const rows = product(out.shape.slice(0, at));
  let target = memory.at(out);
  const copies = parts.map((x): Copy => {
    const bytes = product(x.shape.slice(at)) * 4;
    const to = target;
    target += bytes;
    return [memory.at(x), bytes, to, rowBytes, bytes, rows, 1];
  });
  copy(memory, copies);
  return out;
}

/** A part of x; undefined where tfjs's own kernel has to do it. */
export function slice(
  memory: TensorMemory,
  x: TensorInfo,
  begin: number | number[],
  size: number | number[],
): TensorInfo | undefined {
  if (!fourBytes(x) || product(x.shape) === 0) return;
  const [from, sizes] = slice_util.parseSliceParams(x as never, begin, size);
  if (product(sizes) === 0) return;
  slice_util.assertParamsValid(x as never, from, sizes);
  const out = memory.output(sizes, x.dtype);
  const planes = planesOf(sizes, x.shape, from);
  const copies = planes.map(({ inner, outer, bytes, outerBytes, rows }): Copy => {
    const [source, target] = [memory.at(x) + outer, memory.at(out) + inner];
    return [source, outerBytes, target, bytes, bytes, rows, 1];
  });
  copy(memory, copies);
  return out;
}

interface Plane {
  /** Bytes from the beginning of the part, and of the whole. */
  readonly inner: number;
  readonly outer: number;
  /** Bytes of a row, and from one row to the next in the whole. */
  readonly bytes: number;
  readonly outerBytes: number;
  readonly rows: number;
}

/** Rows of a part of `sizes` that begins at `from` in a whole of `whole`, those at equal distances together. */
function planesOf(
  sizes: readonly number[],
  whole: readonly number[],
  from: readonly number[],
): Plane[] {
  const cut = sizes.findLastIndex((n, axis) => n !== whole[axis]);
  const last = Math.max(0, cut);
  const along = Math.max(0, last - 1);
  const rows = last > 0 ? sizes[along] : 1;
  const bytes = product(sizes.slice(last)) * 4;
  const outerBytes = product(whole.slice(last)) * 4;
  const shift = (last > 0 ? from[along] : 0) * outerBytes;
  const inRow = (from[last] ?? 0) * product(whole.slice(last + 1)) * 4;
  const planes = product(sizes.slice(0, along));
  return Array.from({ length: planes }, (_, i) => {
    let rest = i;
    let place = 0;
    let step = last > 0 ? whole[along] : 1;
    for (let axis = along - 1; axis >= 0; axis--) {
      place += ((rest % sizes[axis]) + from[axis]) * step;
      rest = Math.floor(rest / sizes[axis]);
      step *= whole[axis];
    }
    const outer = place * outerBytes + shift + inRow;
    return { inner: i * rows * bytes, outer, bytes, outerBytes, rows };
  });
}

/** x cut into parts along one axis; undefined where tfjs's own kernel has to do it. */
export function split(
  memory: TensorMemory,
  x: TensorInfo,
  parts: number | number[],
  axis: number,
): TensorInfo[] | undefined {
  const [along] = util.parseAxisParam(axis, x.shape);
  const sizes = backend_util.prepareSplitSize(x as never, parts, along);
  if (!fourBytes(x) || product(x.shape) === 0 || sizes.includes(0)) return;
  let start = 0;
  return sizes.map((n) => {
    const begin = x.shape.map((_, i) => (i === along ? start : 0));
    start += n;
    const size = x.shape.map((all, i) => (i === along ? n : all));
    return slice(memory, x, begin, size)!;
  });
}

/** x repeated along one axis; undefined where tfjs's own kernel has to do it. */
export function tile(
  memory: TensorMemory,
  x: TensorInfo,
  reps: readonly number[],
): TensorInfo | undefined {
  const repeated = reps.flatMap((n, axis) => (n === 1 ? [] : [axis]));
  if (!fourBytes(x) || repeated.length !== 1 || product(x.shape) === 0) return;
  const [axis] = repeated;
  const times = reps[axis];
  const out = memory.output(
    x.shape.map((n, i) => n * reps[i]),
    x.dtype,
  );
  const bytes = product(x.shape.slice(axis)) * 4;
  const rows = product(x.shape.slice(0, axis));
  copy(memory, [[memory.at(x), bytes, memory.at(out), bytes * times, bytes, rows, times]]);
  return out;
}

/** Each row of x `[outer, rows, columns]` that is made a sum of few others; see `../assembly/in-place/mix.ts`. */
export function mix(
  memory: TensorMemory,
  x: TensorInfo,
  { starts, sources, weights }: Readonly<Record<'starts' | 'sources' | 'weights', number[]>>,
): TensorInfo {
  const [outer, rows, columns] = x.shape;
  const count = starts.length - 1;
  const y = memory.output([outer, count, columns]);
  return memory.withScratch((starts.length + 2 * sources.length) * 4, (at) => {
    const from = at + starts.length * 4;
    const factors = from + sources.length * 4;
    memory.setWords(at, Int32Array.from([...starts, ...sources]));
    memory.floats(factors, weights.length).set(weights);
    const [source, target] = [memory.at(x), memory.at(y)];
    const calls: number[][] = [];
    for (let n = 0; n < outer; n++) {
      for (const { first, count: some } of partsOf(count, columns)) {
        const place = target + (n * count + first) * columns * 4;
        const taps = [at + first * 4, from, factors];
        calls.push([source + n * rows * columns * 4, place, 1, rows, some, columns, ...taps]);
      }
    }
    memory.runEach('mixRows', calls);
    return y;
  });
}

/** x with a constant around it; undefined where tfjs's own kernel has to do it. */
export function pad(
  memory: TensorMemory,
  x: TensorInfo,
  paddings: readonly (readonly [number, number])[],
  value: number,
): TensorInfo | undefined {
  if (x.dtype !== 'float32' || product(x.shape) === 0) return;
  const shape = x.shape.map((n, axis) => n + paddings[axis][0] + paddings[axis][1]);
  const out = memory.output(shape);
  memory.fill(out, value);
  const from = paddings.map(([before]) => before);
  const planes = planesOf(x.shape, shape, from);
  const copies = planes.map(({ inner, outer, bytes, outerBytes, rows }): Copy => {
    const [source, target] = [memory.at(x) + inner, memory.at(out) + outer];
    return [source, bytes, target, outerBytes, bytes, rows, 1];
  });
  copy(memory, copies);
  return out;
}

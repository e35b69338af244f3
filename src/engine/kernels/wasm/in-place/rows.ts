import { backend_util, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TensorMemory } from './tensor-memory.ts';

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
const fourBytes = ({ dtype }: TensorInfo) => dtype === 'float32' || dtype === 'int32';

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
  for (const x of parts) {
    const bytes = product(x.shape.slice(at)) * 4;
    memory.run.copyRows(memory.at(x), bytes, target, rowBytes, bytes, rows, 1);
    target += bytes;
  }
  return out;
}

/** A part of x along one axis; undefined where tfjs's own kernel has to do it. */
export function slice(
  memory: TensorMemory,
  x: TensorInfo,
  begin: number | number[],
  size: number | number[],
): TensorInfo | undefined {
  if (!fourBytes(x) || product(x.shape) === 0) return;
  const [from, sizes] = slice_util.parseSliceParams(x as never, begin, size);
  const cut = sizes.flatMap((n, axis) => (n === x.shape[axis] ? [] : [axis]));
  if (cut.length > 1 || product(sizes) === 0) return;
  slice_util.assertParamsValid(x as never, from, sizes);
  const axis = cut[0] ?? 0;
  const voxelBytes = product(x.shape.slice(axis + 1)) * 4;
  const out = memory.output(sizes, x.dtype);
  const bytes = sizes[axis] * voxelBytes;
  const source = memory.at(x) + from[axis] * voxelBytes;
  const rows = product(x.shape.slice(0, axis));
  memory.run.copyRows(source, x.shape[axis] * voxelBytes, memory.at(out), bytes, bytes, rows, 1);
  return out;
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
  memory.run.copyRows(memory.at(x), bytes, memory.at(out), bytes * times, bytes, rows, times);
  return out;
}

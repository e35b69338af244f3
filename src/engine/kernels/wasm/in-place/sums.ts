import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TensorMemory } from './tensor-memory.ts';

/**
 * Sum or mean over neighbouring axes, in double precision; undefined where tfjs's own kernel has to do it.
 */
export function reduce(
  memory: TensorMemory,
  kind: 'sum' | 'mean',
  x: TensorInfo,
  axis: number | number[],
  keepDims: boolean,
): TensorInfo | undefined {
  const axes = util.parseAxisParam(axis, x.shape);
  const long = x.shape.flatMap((n, i) => (n === 1 ? [] : [i]));
  const reduced = long.filter((i) => axes.includes(i));
  const size = util.sizeFromShape(x.shape);
  if (x.dtype !== 'float32' || reduced.length === 0 || size === 0) return;
  const [first, last] = [reduced[0], reduced[reduced.length - 1]];
  if (long.some((i) => i > first && i < last && !axes.includes(i))) return;
  const outer = util.sizeFromShape(x.shape.slice(0, first));
  const columns = util.sizeFromShape(x.shape.slice(last + 1));
  const rows = size / (outer * columns);
  const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const y = memory.output(keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape);
  const factor = kind === 'mean' ? 1 / rows : 1;
  memory.withScratch(columns * 8, (work) =>
    memory.run.sumRows(memory.at(x), memory.at(y), outer, rows, columns, factor, work),
  );
  return y;
}

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { partsOf, type TensorMemory } from './tensor-memory.ts';

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
  const [from, to] = [memory.at(x), memory.at(y)];
  const { runtime } = memory;
  return runtime.operate(() => {
    const groups = partsOf(outer, rows * columns);
    if (groups.length > 1 || outer > 1) {
      const work = runtime.allocate(groups.length * columns * 8);
      memory.runEach(
        'sumRows',
        groups.map(({ first, count }, i) => [
          ...[from + first * rows * columns * 4, to + first * columns * 4],
          ...[count, rows, columns, factor, work + i * columns * 8],
        ]),
      );
      return y;
    }
    const parts = partsOf(rows, columns);
    const shares = runtime.allocate(parts.length * columns * 8);
    memory.runEach(
      'partialSums',
      parts.map(({ first, count }, i) => [
        ...[from + first * columns * 4, count, columns, shares + i * columns * 8],
      ]),
    );
    const sums = memory.doubles(shares, parts.length * columns);
    const out = memory.values(y);
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let i = c; i < sums.length; i += columns) sum += sums[i];
      out[c] = sum * factor;
    }
    return y;
  });
}

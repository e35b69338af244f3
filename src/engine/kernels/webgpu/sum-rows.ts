import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { binding, execute, type Kernel } from './program.ts';

const WORKGROUP = 64;
/** Rows that one invocation adds up; more would leave a large graphics processor idle. */
const ROWS = 128;

const SUM: Kernel = {
  key: 'sumRows',
  workgroup: [WORKGROUP, 1, 1],
  code: () => `
${binding(0, 'sums', 'f32')}
${binding(1, 'x', 'f32')}
fn main(index: i32) {
  if (index >= uniforms.size) { return; }
  let columns = uniforms.columns;
  let column = index % columns;
  let slab = index / columns;
  let first = (slab % uniforms.slabs) * ${ROWS};
  let end = min(first + ${ROWS}, uniforms.rows);
  var at = ((slab / uniforms.slabs) * uniforms.rows + first) * columns + column;
  var sum = 0.0;
  for (var row = first; row < end; row++) {
    sum += x[at];
    at += columns;
  }
  sums[index] = sum / f32(uniforms.divisor);
}`,
};

/** Axes in the middle that are summed: `[outer, rows, columns]` with what is around them. */
export interface Rows {
  readonly outer: number;
  readonly rows: number;
  readonly columns: number;
  readonly outShape: number[];
}

/**
 * A reduction as rows to add up, when its axes are neighbours and others follow them; undefined for one that
 * takes the last axis, for which tfjs's own kernel is good.
 */
export function rowsOf(
  shape: readonly number[],
  axis: number | readonly number[] | null | undefined,
  keepDims: boolean,
): Rows | undefined {
  if (axis === null || axis === undefined) return undefined;
  const axes = [axis]
    .flat()
    .map((one) => (one < 0 ? one + shape.length : one))
    .sort((a, b) => a - b);
  const [first] = axes;
  const last = axes[axes.length - 1];
  if (axes.length === 0 || last - first + 1 !== axes.length || last >= shape.length - 1)
    return undefined;
  const size = (from: number, to: number) => util.sizeFromShape(shape.slice(from, to));
  const columns = size(last + 1, shape.length);
  if (columns === 1) return undefined;
  const kept = shape.map((n, i) => (i >= first && i <= last ? 1 : n));
  return {
    outer: size(0, first),
    rows: size(first, last + 1),
    columns,
    outShape: keepDims ? kept : shape.filter((_, i) => i < first || i > last),
  };
}

/**
 * Sums over the middle of `x [outer, rows, columns]`, divided by `divisor`. Neighbouring invocations add
 * neighbouring columns; tfjs's own transposes the tensor first (32 columns of 40^3 rows: 2.5 s on
 * SwiftShader, this 0.1 s).
 */
export function sumRows(
  backend: WebGPUBackend,
  x: TensorInfo,
  { outer, rows, columns, outShape }: Rows,
  divisor: number,
): TensorInfo {
  const slabs = Math.ceil(rows / ROWS);
  const isLast = slabs <= 1;
  const shape = isLast ? outShape : [outer, slabs, columns];
  const sums = backend.makeTensorInfo(shape, 'float32');
  const uniforms = { rows, columns, slabs, divisor: isLast ? divisor : 1 };
  const groups = Math.ceil((outer * slabs * columns) / WORKGROUP);
  execute(backend, SUM, [x], sums, uniforms, [groups, 1, 1]);
  if (isLast) return sums;
  const total = sumRows(backend, sums, { outer, rows: slabs, columns, outShape }, divisor);
  backend.disposeData(sums.dataId);
  return total;
}

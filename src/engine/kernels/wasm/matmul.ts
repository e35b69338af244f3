import type { Product } from '../products.ts';
import { Gemm, GEMM_COLUMNS } from './assembly/layout.ts';
import { words } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** `c [m, n] = a x b`, where a is stored `[m, k]` (or `[k, m]`) and b `[k, n]` (or `[n, k]`). */
export type MatMul = Pick<Product, 'm' | 'n' | 'k' | 'transposeA' | 'transposeB'>;

/** Floats of a large operand that are brought into the arena at a time (4 MiB: stays in cache). */
const CHUNK = 1 << 20;

/** Matrix product; a large operand or result passes through the arena in pieces, each read once. */
export function matMul(
  runtime: KernelRuntime,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  shape: MatMul,
): void {
  if (shape.transposeB) byColumns(runtime, a, b, c, shape);
  else if (shape.m > shape.k) byRows(runtime, a, b, c, shape);
  else byDepth(runtime, a, b, c, shape);
}

/** B `[n, k]`: pieces of columns of C. */
function byColumns(
  runtime: KernelRuntime,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  { m, n, k, transposeA }: MatMul,
): void {
  const step = Math.max(16, Math.floor(CHUNK / k) & ~15);
  const aStep = transposeA ? [1, m] : [k, 1];
  for (let from = 0; from < n; from += step) {
    const columns = Math.min(step, n - from);
    runtime.reset();
    const left = runtime.write(a);
    const right = runtime.write(b.subarray(from * k, (from + columns) * k));
    const out = runtime.allocate(m * columns * 4);
    run(runtime, [left, right, out], [m, columns, k], aStep, [1, k]);
    const part = runtime.floats(out, m * columns);
    for (let row = 0; row < m; row++)
      c.set(part.subarray(row * columns, (row + 1) * columns), row * n + from);
  }
}

/** Many rows: pieces of rows of C. */
function byRows(
  runtime: KernelRuntime,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  { m, n, k, transposeA }: MatMul,
): void {
  const step = Math.max(6, Math.floor(CHUNK / Math.max(k, n)));
  for (let from = 0; from < m; from += step) {
    const rows = Math.min(step, m - from);
    runtime.reset();
    const left = runtime.allocate(rows * k * 4);
    const target = runtime.floats(left, rows * k);
    if (transposeA) {
      for (let i = 0; i < k; i++)
        target.set(a.subarray(i * m + from, i * m + from + rows), i * rows);
    } else target.set(a.subarray(from * k, (from + rows) * k));
    const right = runtime.write(b);
    const out = runtime.allocate(rows * n * 4);
    const aStep = transposeA ? [1, rows] : [k, 1];
    run(runtime, [left, right, out], [rows, n, k], aStep, [n, 1]);
    c.set(runtime.floats(out, rows * n), from * n);
  }
}

/** Long sums: pieces of rows of B, added up. */
function byDepth(
  runtime: KernelRuntime,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  { m, n, k, transposeA }: MatMul,
): void {
  const step = Math.max(64, Math.floor(CHUNK / n));
  c.fill(0);
  for (let from = 0; from < k; from += step) {
    const depth = Math.min(step, k - from);
    runtime.reset();
    const left = runtime.allocate(m * depth * 4);
    const target = runtime.floats(left, m * depth);
    if (transposeA) target.set(a.subarray(from * m, (from + depth) * m));
    else
      for (let row = 0; row < m; row++)
        target.set(a.subarray(row * k + from, row * k + from + depth), row * depth);
    const right = runtime.write(b.subarray(from * n, (from + depth) * n));
    const out = runtime.allocate(m * n * 4);
    const aStep = transposeA ? [1, m] : [depth, 1];
    run(runtime, [left, right, out], [m, n, depth], aStep, [n, 1]);
    const sums = runtime.floats(out, m * n);
    for (let i = 0; i < m * n; i++) c[i] += sums[i];
  }
}

/** One product in the arena: addresses, `[m, n, k]` and the steps between rows and between columns. */
function run(
  runtime: KernelRuntime,
  [A, B, C]: readonly number[],
  [M, N, K]: readonly number[],
  [A_ROW, A_COLUMN]: readonly number[],
  [B_ROW, B_COLUMN]: readonly number[],
): void {
  const parameters = words(Gemm, { A, B, C, M, N, K, A_ROW, A_COLUMN, B_ROW, B_COLUMN });
  const tasks = Math.ceil(N / GEMM_COLUMNS);
  runtime.run('gemm', parameters, tasks, runtime.exports.gemmScratchBytes());
}

/** Adds `bias [n]` to each row of y `[m, n]` and applies the ReLU, in place. */
export function finish(y: Float32Array, bias: Float32Array | undefined, relu: boolean): void {
  if (!bias && !relu) return;
  const columns = bias?.length ?? y.length;
  for (let row = 0; row < y.length; row += columns) {
    for (let i = 0; i < columns; i++) {
      const value = y[row + i] + (bias ? bias[i] : 0);
      y[row + i] = relu && value < 0 ? 0 : value;
    }
  }
}

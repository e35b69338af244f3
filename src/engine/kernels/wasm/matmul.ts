import type { Product } from '../products.ts';
import { Gemm, GEMM_COLUMNS } from './assembly/layout.ts';
import { words } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** `c [m, n] = a x b`, where a is stored `[m, k]` (or `[k, m]`) and b `[k, n]` (or `[n, k]`). */
export type MatMul = Pick<Product, 'm' | 'n' | 'k' | 'transposeA' | 'transposeB'>;

/** Floats of a large operand that are multiplied at a time (4 MiB: stay in cache). */
const CHUNK = 1 << 20;

/** Matrix product of a and b at their addresses into c; of a large operand or result piece by piece, each read once. */
export function matMul(
  runtime: KernelRuntime,
  a: number,
  b: number,
  c: number,
  shape: MatMul,
): void {
  if (shape.transposeB) byColumns(runtime, a, b, c, shape);
  else if (shape.m > shape.k) byRows(runtime, a, b, c, shape);
  else byDepth(runtime, a, b, c, shape);
}

/** B `[n, k]`: pieces of columns of C. */
function byColumns(
  runtime: KernelRuntime,
  a: number,
  b: number,
  c: number,
  { m, n, k, transposeA }: MatMul,
): void {
  const step = Math.max(16, Math.floor(CHUNK / k) & ~15);
  const aStep = transposeA ? [1, m] : [k, 1];
  const out = step < n ? runtime.allocate(m * step * 4) : c;
  for (let from = 0; from < n; from += step) {
    const columns = Math.min(step, n - from);
    run(runtime, [a, b + from * k * 4, out], [m, columns, k], aStep, [1, k]);
    if (out === c) return;
    const bytes = columns * 4;
    runtime.exports.copyRows(out, bytes, c + from * 4, n * 4, bytes, m, 1);
  }
}

/** Many rows: pieces of rows of C. */
function byRows(
  runtime: KernelRuntime,
  a: number,
  b: number,
  c: number,
  { m, n, k, transposeA }: MatMul,
): void {
  const step = Math.max(6, Math.floor(CHUNK / Math.max(k, n)));
  const aStep = transposeA ? [1, m] : [k, 1];
  for (let from = 0; from < m; from += step) {
    const rows = Math.min(step, m - from);
    run(runtime, [a + from * aStep[0] * 4, b, c + from * n * 4], [rows, n, k], aStep, [n, 1]);
  }
}

/** Long sums: pieces of rows of B, added up. */
function byDepth(
  runtime: KernelRuntime,
  a: number,
  b: number,
  c: number,
  { m, n, k, transposeA }: MatMul,
): void {
  const step = Math.max(64, Math.floor(CHUNK / n));
  const aStep = transposeA ? [1, m] : [k, 1];
  const out = runtime.allocate(m * n * 4);
  for (let from = 0; from < k; from += step) {
    const depth = Math.min(step, k - from);
    const first = from === 0;
    const piece = [a + from * aStep[1] * 4, b + from * n * 4, first ? c : out];
    run(runtime, piece, [m, n, depth], aStep, [n, 1]);
    if (!first) runtime.exports.add(c, out, c, m * n);
  }
}

/** One product: addresses, `[m, n, k]` and the steps between rows and between columns. */
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

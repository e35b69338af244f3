/**
 * `C[M, N] = A[M, K] x B[K, N]` with either operand transposed in memory. One task is a strip of 16
 * columns: a block of B is packed into panels `[K][8]` in the thread's scratch, then tiles of
 * 6 rows x 8 columns of C are accumulated.
 */
import { i32At, madd } from './simd';

const A = 0;
const B = 1;
const C = 2;
const M = 3;
const N = 4;
const K = 5;
/** Steps in floats between rows and between columns of A `[M, K]` and B `[K, N]`. */
const A_ROW = 6;
const A_COLUMN = 7;
const B_ROW = 8;
const B_COLUMN = 9;

const BLOCK_K: i32 = 512;

/** Bytes of scratch that one thread needs: two packed panels and one 6 x 8 tile. */
export function gemmScratchBytes(): i32 {
  return 2 * BLOCK_K * 32 + 192 + 64;
}

function pack(src: usize, dst: usize, rows: i32, columns: i32, rowStep: i32, columnStep: i32): void {
  if (columns == 8 && columnStep == 1) {
    for (let k = 0; k < rows; k++) {
      v128.store(dst, v128.load(src));
      v128.store(dst, v128.load(src, 16), 16);
      dst += 32;
      src += <usize>rowStep << 2;
    }
    return;
  }
  const step = <usize>rowStep << 2;
  for (let column = 0; column < 8; column++) {
    let to = dst + (<usize>column << 2);
    let from = src + (<usize>(column * columnStep) << 2);
    for (let k = 0; k < rows; k++) {
      store<f32>(to, column < columns ? load<f32>(from) : 0);
      to += 32;
      from += step;
    }
  }
}

/** Adds `A[6, K] x panel[K, 8]` to the tile at `out` (rows `rowBytes` apart). */
function tile(a: usize, rowStep: usize, columnStep: usize, rows: i32, panel: usize, depth: i32, out: usize, rowBytes: usize): void {
  // Rows past the end repeat the last one; their sums are never read.
  let a0 = a;
  let a1 = rows > 1 ? a0 + rowStep : a0;
  let a2 = rows > 2 ? a1 + rowStep : a1;
  let a3 = rows > 3 ? a2 + rowStep : a2;
  let a4 = rows > 4 ? a3 + rowStep : a3;
  let a5 = rows > 5 ? a4 + rowStep : a4;
  let c00 = v128.load(out);
  let c01 = v128.load(out, 16);
  let o = out + rowBytes;
  let c10 = v128.load(o);
  let c11 = v128.load(o, 16);
  o += rowBytes;
  let c20 = v128.load(o);
  let c21 = v128.load(o, 16);
  o += rowBytes;
  let c30 = v128.load(o);
  let c31 = v128.load(o, 16);
  o += rowBytes;
  let c40 = v128.load(o);
  let c41 = v128.load(o, 16);
  o += rowBytes;
  let c50 = v128.load(o);
  let c51 = v128.load(o, 16);
  const end = panel + (<usize>depth << 5);
  for (let b = panel; b < end; b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let v = v128.load_splat<f32>(a0);
    c00 = madd(v, b0, c00);
    c01 = madd(v, b1, c01);
    v = v128.load_splat<f32>(a1);
    c10 = madd(v, b0, c10);
    c11 = madd(v, b1, c11);
    v = v128.load_splat<f32>(a2);
    c20 = madd(v, b0, c20);
    c21 = madd(v, b1, c21);
    v = v128.load_splat<f32>(a3);
    c30 = madd(v, b0, c30);
    c31 = madd(v, b1, c31);
    v = v128.load_splat<f32>(a4);
    c40 = madd(v, b0, c40);
    c41 = madd(v, b1, c41);
    v = v128.load_splat<f32>(a5);
    c50 = madd(v, b0, c50);
    c51 = madd(v, b1, c51);
    a0 += columnStep;
    a1 += columnStep;
    a2 += columnStep;
    a3 += columnStep;
    a4 += columnStep;
    a5 += columnStep;
  }
  v128.store(out, c00);
  v128.store(out, c01, 16);
  out += rowBytes;
  v128.store(out, c10);
  v128.store(out, c11, 16);
  out += rowBytes;
  v128.store(out, c20);
  v128.store(out, c21, 16);
  out += rowBytes;
  v128.store(out, c30);
  v128.store(out, c31, 16);
  out += rowBytes;
  v128.store(out, c40);
  v128.store(out, c41, 16);
  out += rowBytes;
  v128.store(out, c50);
  v128.store(out, c51, 16);
}

/** Computes columns `task * 16 ... + 16` of C. */
export function gemm(p: usize, task: i32, scratch: usize): void {
  const m = i32At(p, M);
  const n = i32At(p, N);
  const k = i32At(p, K);
  const aRow = <usize>i32At(p, A_ROW) << 2;
  const aColumn = <usize>i32At(p, A_COLUMN) << 2;
  const bRow = i32At(p, B_ROW);
  const bColumn = i32At(p, B_COLUMN);
  const c = <usize>i32At(p, C);
  const rowBytes = <usize>n << 2;
  const first = task * 16;
  const end = min(n, first + 16);
  const panelBytes = <usize>BLOCK_K << 5;
  const buffer = scratch + 2 * panelBytes;

  for (let row = 0; row < m; row++) {
    memory.fill(c + <usize>row * rowBytes + (<usize>first << 2), 0, <usize>(end - first) << 2);
  }
  for (let k0 = 0; k0 < k; k0 += BLOCK_K) {
    const depth = min(BLOCK_K, k - k0);
    for (let column = first; column < end; column += 8) {
      const src = <usize>i32At(p, B) + (<usize>(k0 * bRow + column * bColumn) << 2);
      pack(src, scratch + (column > first ? panelBytes : 0), depth, min(8, end - column), bRow, bColumn);
    }
    for (let row = 0; row < m; row += 6) {
      const rows = min(6, m - row);
      const a = <usize>i32At(p, A) + <usize>row * aRow + <usize>k0 * aColumn;
      for (let column = first; column < end; column += 8) {
        const panel = scratch + (column > first ? panelBytes : 0);
        const out = c + <usize>row * rowBytes + (<usize>column << 2);
        const columns = end - column;
        if (rows == 6 && columns >= 8) {
          tile(a, aRow, aColumn, rows, panel, depth, out, rowBytes);
          continue;
        }
        const bytes = <usize>min(8, columns) << 2;
        for (let i = 0; i < rows; i++) memory.copy(buffer + (<usize>i << 5), out + <usize>i * rowBytes, bytes);
        tile(a, aRow, aColumn, rows, panel, depth, buffer, 32);
        for (let i = 0; i < rows; i++) memory.copy(out + <usize>i * rowBytes, buffer + (<usize>i << 5), bytes);
      }
    }
  }
}

/**
 * Few rows, B `[K, N]` contiguous: one task multiplies 1/`tasks` of the K rows of B by all rows of A into a
 * partial result at `C + task * M * N`, reading B once from front to back. The caller adds the parts up.
 */
export function gemv(p: usize, task: i32, tasks: i32): void {
  const m = i32At(p, M);
  const n = i32At(p, N);
  const k = i32At(p, K);
  const aRow = <usize>i32At(p, A_ROW) << 2;
  const aColumn = <usize>i32At(p, A_COLUMN) << 2;
  const rowBytes = <usize>n << 2;
  const part = <usize>i32At(p, C) + <usize>task * <usize>m * rowBytes;
  const from = <i32>((<i64>k * task) / tasks);
  const to = <i32>((<i64>k * (task + 1)) / tasks);
  memory.fill(part, 0, <usize>m * rowBytes);
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const b = <usize>i32At(p, B) + <usize>at * rowBytes;
    for (let row = 0; row < m; row++) {
      const a = <usize>i32At(p, A) + <usize>row * aRow + <usize>at * aColumn;
      const v0 = v128.load_splat<f32>(a);
      const v1 = v128.load_splat<f32>(a + aColumn);
      const v2 = v128.load_splat<f32>(a + 2 * aColumn);
      const v3 = v128.load_splat<f32>(a + 3 * aColumn);
      const out = part + <usize>row * rowBytes;
      let i: usize = 0;
      for (; i + 16 <= rowBytes; i += 16) {
        let c = v128.load(out + i);
        c = madd(v0, v128.load(b + i), c);
        c = madd(v1, v128.load(b + rowBytes + i), c);
        c = madd(v2, v128.load(b + 2 * rowBytes + i), c);
        c = madd(v3, v128.load(b + 3 * rowBytes + i), c);
        v128.store(out + i, c);
      }
      for (; i < rowBytes; i += 4) {
        let c = load<f32>(out + i);
        c += f32x4.extract_lane(v0, 0) * load<f32>(b + i);
        c += f32x4.extract_lane(v1, 0) * load<f32>(b + rowBytes + i);
        c += f32x4.extract_lane(v2, 0) * load<f32>(b + 2 * rowBytes + i);
        c += f32x4.extract_lane(v3, 0) * load<f32>(b + 3 * rowBytes + i);
        store<f32>(out + i, c);
      }
    }
  }
  for (; at < to; at++) {
    const b = <usize>i32At(p, B) + <usize>at * rowBytes;
    for (let row = 0; row < m; row++) {
      const v = load<f32>(<usize>i32At(p, A) + <usize>row * aRow + <usize>at * aColumn);
      const out = part + <usize>row * rowBytes;
      for (let i: usize = 0; i < rowBytes; i += 4) store<f32>(out + i, load<f32>(out + i) + v * load<f32>(b + i));
    }
  }
}

/**
 * `C[M, N] = A[M, K] x B[K, N]` with either operand transposed in memory. One task is a strip of 16
 * columns: a block of B is packed into panels `[K][8]` in the thread's scratch, then tiles of
 * 6 rows x 8 columns of C are accumulated.
 */
import { Gemm, GEMM_COLUMNS, TILE_BYTES, TILE_ROWS } from './layout';
import { i32At } from './simd';
import { LIST_BYTES, listRows, multiplyColumns, multiplyRows } from './tile';

const BLOCK_K: i32 = 512;

/** Bytes of scratch that one thread needs: two packed panels, one tile and the addresses of its rows. */
export function gemmScratchBytes(): i32 {
  return 2 * BLOCK_K * 32 + TILE_BYTES + <i32>LIST_BYTES + 64;
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

/** Adds `A[6, K] x panel[K, 8]` to `out`; A lies in rows, or its rows lie side by side. */
// @ts-ignore: decorator
@inline
function tile(list: usize, a: usize, aColumn: usize, panel: usize, depth: i32, out: usize, outStep: usize): void {
  if (aColumn == 4) multiplyRows(list, <usize>depth << 2, panel, out, outStep, true);
  else multiplyColumns(a, aColumn, panel, 32, panel + (<usize>depth << 5), out, outStep, true);
}

/** Computes columns `task * 16 ... + 16` of C. */
export function gemm(p: usize, task: i32, scratch: usize): void {
  const m = i32At(p, Gemm.M);
  const n = i32At(p, Gemm.N);
  const k = i32At(p, Gemm.K);
  const aRow = <usize>i32At(p, Gemm.A_ROW) << 2;
  const aColumn = <usize>i32At(p, Gemm.A_COLUMN) << 2;
  const bRow = i32At(p, Gemm.B_ROW);
  const bColumn = i32At(p, Gemm.B_COLUMN);
  const c = <usize>i32At(p, Gemm.C);
  const rowBytes = <usize>n << 2;
  const first = task * GEMM_COLUMNS;
  const end = min(n, first + GEMM_COLUMNS);
  const panelBytes = <usize>BLOCK_K << 5;
  const buffer = scratch + 2 * panelBytes;
  const list = buffer + <usize>TILE_BYTES;

  for (let row = 0; row < m; row++) {
    memory.fill(c + <usize>row * rowBytes + (<usize>first << 2), 0, <usize>(end - first) << 2);
  }
  for (let k0 = 0; k0 < k; k0 += BLOCK_K) {
    const depth = min(BLOCK_K, k - k0);
    for (let column = first; column < end; column += 8) {
      const src = <usize>i32At(p, Gemm.B) + (<usize>(k0 * bRow + column * bColumn) << 2);
      pack(src, scratch + (column > first ? panelBytes : 0), depth, min(8, end - column), bRow, bColumn);
    }
    for (let row = 0; row < m; row += TILE_ROWS) {
      const rows = min(TILE_ROWS, m - row);
      const a = <usize>i32At(p, Gemm.A) + <usize>row * aRow + <usize>k0 * aColumn;
      // Rows past the end repeat the last one (or read on, where they are columns); their sums are never read.
      listRows(list, a, aRow, rows);
      for (let column = first; column < end; column += 8) {
        const panel = scratch + (column > first ? panelBytes : 0);
        const out = c + <usize>row * rowBytes + (<usize>column << 2);
        const columns = end - column;
        if (rows == TILE_ROWS && columns >= 8) {
          tile(list, a, aColumn, panel, depth, out, rowBytes);
          continue;
        }
        const bytes = <usize>min(8, columns) << 2;
        for (let i = 0; i < rows; i++) memory.copy(buffer + (<usize>i << 5), out + <usize>i * rowBytes, bytes);
        tile(list, a, aColumn, panel, depth, buffer, 32);
        for (let i = 0; i < rows; i++) memory.copy(out + <usize>i * rowBytes, buffer + (<usize>i << 5), bytes);
      }
    }
  }
}

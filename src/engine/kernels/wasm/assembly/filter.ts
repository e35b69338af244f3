/**
 * Filters in the order in which the kernels read them: panels of eight output channels, each
 * `[taps][input channels][8]`. The last panel is filled up with zeros.
 */
import { FilterPack } from './layout';
import { i32At } from './simd';

/** Packs panel `task`. */
export function packFilter(p: usize, task: i32): void {
  const panelBytes = <usize>(i32At(p, FilterPack.TAPS) * i32At(p, FilterPack.ROWS)) << 5;
  packPanel(p, task, <usize>i32At(p, FilterPack.TARGET) + <usize>task * panelBytes);
}

/** Writes one panel to `dst`, `[taps][rows][8]`. */
export function packPanel(p: usize, panel: i32, dst: usize): void {
  const rows = i32At(p, FilterPack.ROWS);
  const columns = i32At(p, FilterPack.COLUMNS);
  const tapBytes = <usize>(rows * columns) << 2;
  const column = panel << 3;
  const count = min(8, columns - column);
  const transpose = i32At(p, FilterPack.TRANSPOSE) != 0;
  const rowStep = <usize>(transpose ? 1 : columns) << 2;
  const columnStep = <usize>(transpose ? rows : 1) << 2;
  let src = <usize>i32At(p, FilterPack.SOURCE) + <usize>column * columnStep;
  for (let tap = i32At(p, FilterPack.TAPS); tap > 0; tap--) {
    if (count < 8) packSome(src, dst, rows, rowStep, columnStep, count);
    else if (transpose) packTransposed(src, dst, rows);
    else packStraight(src, dst, rows, rowStep);
    src += tapBytes;
    dst += <usize>rows << 5;
  }
}

function packStraight(src: usize, dst: usize, rows: i32, rowStep: usize): void {
  for (const end = dst + (<usize>rows << 5); dst < end; dst += 32) {
    v128.store(dst, v128.load(src));
    v128.store(dst, v128.load(src, 16), 16);
    src += rowStep;
  }
}

/** Eight columns that are `rows` floats each, four rows at a time. */
function packTransposed(src: usize, dst: usize, rows: i32): void {
  const step = <usize>rows << 2;
  const fours = rows & ~3;
  for (let row = 0; row < fours; row += 4) {
    transpose4(src, step, dst);
    transpose4(src + 4 * step, step, dst + 16);
    src += 16;
    dst += 128;
  }
  packSome(src, dst, rows - fours, 4, step, 8);
}

/** Four vectors `step` apart become the columns of four vectors 32 bytes apart. */
// @ts-ignore: decorator
@inline
function transpose4(from: usize, step: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + step);
  const c = v128.load(from + 2 * step);
  const d = v128.load(from + 3 * step);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 96);
}

function packSome(src: usize, dst: usize, rows: i32, rowStep: usize, columnStep: usize, columns: i32): void {
  for (; rows > 0; rows--) {
    for (let i = 0; i < 8; i++) {
      store<f32>(dst, i < columns ? load<f32>(src + <usize>i * columnStep) : 0);
      dst += 4;
    }
    src += rowStep;
  }
}

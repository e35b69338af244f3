/**
 * Direct 3D convolution as an implicit matrix product (after XNNPACK's indirect convolution,
 * Dukhan 2019): a tile of 6 output voxels x 8 output channels stays in registers while all taps and
 * input channels pass by. Taps outside the volume point to a row of zeros; a tap that misses all six
 * voxels is skipped. Stride, padding and dilation only change the pointers, and so does the
 * input gradient (`divisor` = stride, reversed taps, transposed filter).
 *
 *   voxel v0 ─ a[ci] ──┐          packed filter: [cout/8][tap][cin][8]
 *   ...                ├─ x b[ci][8] ─> 6 x 8 sums
 *   voxel v5 ─ a[ci] ──┘
 */
import { activate, i32At, madd } from './simd';

/** Indices of the i32 parameters; `conv3d.ts` on the JavaScript side writes the same list. */
export const INPUT = 0;
export const OUTPUT = 1;
export const FILTER = 2;
export const BIAS = 3;
export const ZEROS = 4;
export const CIN = 5;
export const COUT = 6;
export const PIXELS = 7;
export const IN_D = 8;
export const IN_H = 9;
export const IN_W = 10;
export const OUT_H = 11;
export const OUT_W = 12;
export const K_D = 13;
export const K_H = 14;
export const K_W = 15;
export const SCALE_D = 16;
export const SCALE_H = 17;
export const SCALE_W = 18;
export const OFFSET_D = 19;
export const OFFSET_H = 20;
export const OFFSET_W = 21;
export const STEP_D = 22;
export const STEP_H = 23;
export const STEP_W = 24;
export const DIVISOR_D = 25;
export const DIVISOR_H = 26;
export const DIVISOR_W = 27;
export const ACTIVATION = 28;

const ROWS: i32 = 6;
/** Voxels per task: eight register tiles share one filter panel while it is in the first cache. */
const TASK_PIXELS: i32 = 48;
const ENTRY_BYTES: usize = 28;

/** Bytes of scratch that one thread needs. */
export function convScratchBytes(taps: i32): i32 {
  const table = (TASK_PIXELS / ROWS) * (4 + taps * <i32>ENTRY_BYTES);
  return table + ROWS * 8 * 4 + 64;
}

/** Source index along one axis, or -1 outside or between the strides. */
// @ts-ignore: decorator
@inline
function source(at: i32, divisor: i32, size: i32): i32 {
  if (divisor > 1) {
    if (at < 0 || at % divisor != 0) return -1;
    at /= divisor;
  }
  return <u32>at < <u32>size ? at : -1;
}

/** Lists, for one tile, `[filter offset, 6 voxel pointers]` of every tap that touches the volume. */
function listTaps(p: usize, first: i32, table: usize): i32 {
  const input = <usize>i32At(p, INPUT);
  const zeros = i32At(p, ZEROS);
  const cinBytes = i32At(p, CIN) << 2;
  const pixels = i32At(p, PIXELS);
  const inD = i32At(p, IN_D);
  const inH = i32At(p, IN_H);
  const inW = i32At(p, IN_W);
  const outH = i32At(p, OUT_H);
  const outW = i32At(p, OUT_W);
  const kD = i32At(p, K_D);
  const kH = i32At(p, K_H);
  const kW = i32At(p, K_W);
  const panelTap = i32At(p, CIN) << 5;
  const taps = kD * kH * kW;
  const mark = table;
  let count = 0;

  // Pointers tap by tap for one voxel after the other, then taps without any hit are dropped.
  for (let row = 0; row < ROWS; row++) {
    const pixel = first + row;
    const inside = pixel < pixels;
    const x = pixel % outW;
    const yz = pixel / outW;
    const y = yz % outH;
    const z = yz / outH;
    const bz = z * i32At(p, SCALE_D) + i32At(p, OFFSET_D);
    const by = y * i32At(p, SCALE_H) + i32At(p, OFFSET_H);
    const bx = x * i32At(p, SCALE_W) + i32At(p, OFFSET_W);
    let entry = table + 4 + (<usize>row << 2);
    for (let kz = 0; kz < kD; kz++) {
      const sz = inside ? source(bz + kz * i32At(p, STEP_D), i32At(p, DIVISOR_D), inD) : -1;
      for (let ky = 0; ky < kH; ky++) {
        const sy = sz < 0 ? -1 : source(by + ky * i32At(p, STEP_H), i32At(p, DIVISOR_H), inH);
        const line = (sz * inH + sy) * inW;
        for (let kx = 0; kx < kW; kx++) {
          const sx = sy < 0 ? -1 : source(bx + kx * i32At(p, STEP_W), i32At(p, DIVISOR_W), inW);
          store<i32>(entry, sx < 0 ? zeros : <i32>input + (line + sx) * cinBytes);
          entry += ENTRY_BYTES;
        }
      }
    }
  }
  for (let tap = 0; tap < taps; tap++) {
    const from = table + <usize>tap * ENTRY_BYTES;
    let hit = false;
    for (let row = 1; row <= ROWS; row++) hit = hit || i32At(from, row) != zeros;
    if (!hit) continue;
    const to = mark + <usize>count * ENTRY_BYTES;
    store<i32>(to, tap * panelTap);
    if (to != from) memory.copy(to + 4, from + 4, 24);
    count++;
  }
  return count;
}

/** Six voxels x eight channels of the output, written to `o0..o5`. */
function tile(
  table: usize,
  count: i32,
  panel: usize,
  cin: i32,
  bias: usize,
  activation: i32,
  o0: usize,
  o1: usize,
  o2: usize,
  o3: usize,
  o4: usize,
  o5: usize,
): void {
  let c00: v128 = bias != 0 ? v128.load(bias) : f32x4.splat(0);
  let c01: v128 = bias != 0 ? v128.load(bias, 16) : f32x4.splat(0);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
  let c40 = c00;
  let c41 = c01;
  let c50 = c00;
  let c51 = c01;
  for (let t = 0; t < count; t++) {
    let b = panel + <usize>load<i32>(table);
    let a0 = <usize>load<i32>(table, 4);
    let a1 = <usize>load<i32>(table, 8);
    let a2 = <usize>load<i32>(table, 12);
    let a3 = <usize>load<i32>(table, 16);
    let a4 = <usize>load<i32>(table, 20);
    let a5 = <usize>load<i32>(table, 24);
    table += ENTRY_BYTES;
    const end = b + (<usize>cin << 5);
    while (b < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      b += 32;
      let a = v128.load_splat<f32>(a0);
      c00 = madd(a, b0, c00);
      c01 = madd(a, b1, c01);
      a = v128.load_splat<f32>(a1);
      c10 = madd(a, b0, c10);
      c11 = madd(a, b1, c11);
      a = v128.load_splat<f32>(a2);
      c20 = madd(a, b0, c20);
      c21 = madd(a, b1, c21);
      a = v128.load_splat<f32>(a3);
      c30 = madd(a, b0, c30);
      c31 = madd(a, b1, c31);
      a = v128.load_splat<f32>(a4);
      c40 = madd(a, b0, c40);
      c41 = madd(a, b1, c41);
      a = v128.load_splat<f32>(a5);
      c50 = madd(a, b0, c50);
      c51 = madd(a, b1, c51);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      a4 += 4;
      a5 += 4;
    }
  }
  v128.store(o0, activate(c00, activation));
  v128.store(o0, activate(c01, activation), 16);
  v128.store(o1, activate(c10, activation));
  v128.store(o1, activate(c11, activation), 16);
  v128.store(o2, activate(c20, activation));
  v128.store(o2, activate(c21, activation), 16);
  v128.store(o3, activate(c30, activation));
  v128.store(o3, activate(c31, activation), 16);
  v128.store(o4, activate(c40, activation));
  v128.store(o4, activate(c41, activation), 16);
  v128.store(o5, activate(c50, activation));
  v128.store(o5, activate(c51, activation), 16);
}

/** Computes the output voxels `task * 48 ...` of one sample. */
export function conv(p: usize, task: i32, scratch: usize): void {
  const pixels = i32At(p, PIXELS);
  const cin = i32At(p, CIN);
  const cout = i32At(p, COUT);
  const taps = i32At(p, K_D) * i32At(p, K_H) * i32At(p, K_W);
  const activation = i32At(p, ACTIVATION);
  const first = task * TASK_PIXELS;
  const tiles = (min(TASK_PIXELS, pixels - first) + ROWS - 1) / ROWS;
  const tableBytes: usize = 4 + <usize>taps * ENTRY_BYTES;
  const buffer = (scratch + <usize>(TASK_PIXELS / ROWS) * tableBytes + 15) & ~15;

  for (let i = 0; i < tiles; i++) {
    const table = scratch + <usize>i * tableBytes;
    store<i32>(table, listTaps(p, first + i * ROWS, table + 4));
  }
  const output = <usize>i32At(p, OUTPUT);
  const rowBytes = <usize>cout << 2;
  const panelBytes = (<usize>taps * <usize>cin) << 5;
  for (let channel = 0; channel < cout; channel += 8) {
    const panel = <usize>i32At(p, FILTER) + <usize>(channel >> 3) * panelBytes;
    const bias = i32At(p, BIAS) ? <usize>i32At(p, BIAS) + (<usize>channel << 2) : 0;
    for (let i = 0; i < tiles; i++) {
      const table = scratch + <usize>i * tableBytes;
      const count = load<i32>(table);
      const pixel = first + i * ROWS;
      const out = output + <usize>pixel * rowBytes + (<usize>channel << 2);
      if (channel + 8 <= cout && pixel + ROWS <= pixels) {
        tile(
          table + 4, count, panel, cin, bias, activation,
          out, out + rowBytes, out + 2 * rowBytes, out + 3 * rowBytes, out + 4 * rowBytes, out + 5 * rowBytes,
        );
        continue;
      }
      tile(
        table + 4, count, panel, cin, bias, activation,
        buffer, buffer + 32, buffer + 64, buffer + 96, buffer + 128, buffer + 160,
      );
      const rows = min(ROWS, pixels - pixel);
      const bytes = <usize>min(8, cout - channel) << 2;
      for (let row = 0; row < rows; row++) {
        memory.copy(out + <usize>row * rowBytes, buffer + (<usize>row << 5), bytes);
      }
    }
  }
}

/**
 * Packs a filter `[taps, rows, columns]` into `[columns/8][taps][rows][8]`; `transpose` reads it as
 * `[taps, columns, rows]`. The last panel is filled up with zeros.
 */
export function packFilter(src: usize, dst: usize, taps: i32, rows: i32, columns: i32, transpose: i32): void {
  const rowStep = transpose ? 1 : columns;
  const columnStep = transpose ? rows : 1;
  for (let panel = 0; panel < columns; panel += 8) {
    for (let tap = 0; tap < taps; tap++) {
      for (let row = 0; row < rows; row++) {
        if (!transpose && panel + 8 <= columns) {
          const from = src + (<usize>((tap * rows + row) * columns + panel) << 2);
          v128.store(dst, v128.load(from));
          v128.store(dst, v128.load(from, 16), 16);
          dst += 32;
          continue;
        }
        for (let i = 0; i < 8; i++) {
          const column = panel + i;
          const at = tap * rows * columns + row * rowStep + column * columnStep;
          store<f32>(dst, column < columns ? load<f32>(src + (<usize>at << 2)) : 0);
          dst += 4;
        }
      }
    }
  }
}

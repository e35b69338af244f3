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
/** `conv` only: samples whose voxels are one list, panels of eight channels per task. */
const SAMPLES = 29;
const GROUP = 30;

const ROWS: i32 = 6;
/** Voxels per task: eight register tiles share one filter panel while it is in the first cache. */
const TASK_PIXELS: i32 = 48;
const ENTRY_BYTES: usize = 28;
/** Before a tile's taps: their count and the addresses of its six output voxels. */
const HEADER_BYTES: usize = 28;
const TILE_BYTES: usize = 192;

/** Bytes of scratch that one thread needs: tables, a tile's sums and a voxel that nobody reads. */
export function convScratchBytes(taps: i32, cout: i32): i32 {
  const table = <i32>HEADER_BYTES + taps * <i32>ENTRY_BYTES;
  return (TASK_PIXELS / ROWS) * table + <i32>TILE_BYTES + (cout << 2) + 64;
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

/**
 * Lists, for one tile, the addresses of its six output voxels (`spare` past the end) and
 * `[filter offset, 6 voxel pointers]` of every tap that touches the volume. The voxels of all samples are one
 * list, samples first: six samples of a voxel at the rim miss the same taps.
 */
function listTaps(p: usize, first: i32, table: usize, spare: usize): void {
  const samples = i32At(p, SAMPLES);
  const pixels = i32At(p, PIXELS);
  const zeros = i32At(p, ZEROS);
  const cinBytes = i32At(p, CIN) << 2;
  const coutBytes = i32At(p, COUT) << 2;
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
  const mark = table + HEADER_BYTES;
  let count = 0;

  // Pointers tap by tap for one voxel after the other, then taps without any hit are dropped.
  for (let row = 0; row < ROWS; row++) {
    const inside = first + row < pixels * samples;
    const sample = (first + row) % samples;
    const pixel = (first + row) / samples;
    const out = i32At(p, OUTPUT) + (sample * pixels + pixel) * coutBytes;
    store<i32>(table + 4 + (<usize>row << 2), inside ? out : <i32>spare);
    const input = i32At(p, INPUT) + sample * inD * inH * inW * cinBytes;
    const x = pixel % outW;
    const yz = pixel / outW;
    const y = yz % outH;
    const z = yz / outH;
    const bz = z * i32At(p, SCALE_D) + i32At(p, OFFSET_D);
    const by = y * i32At(p, SCALE_H) + i32At(p, OFFSET_H);
    const bx = x * i32At(p, SCALE_W) + i32At(p, OFFSET_W);
    let entry = mark + 4 + (<usize>row << 2);
    for (let kz = 0; kz < kD; kz++) {
      const sz = inside ? source(bz + kz * i32At(p, STEP_D), i32At(p, DIVISOR_D), inD) : -1;
      for (let ky = 0; ky < kH; ky++) {
        const sy = sz < 0 ? -1 : source(by + ky * i32At(p, STEP_H), i32At(p, DIVISOR_H), inH);
        const line = (sz * inH + sy) * inW;
        for (let kx = 0; kx < kW; kx++) {
          const sx = sy < 0 ? -1 : source(bx + kx * i32At(p, STEP_W), i32At(p, DIVISOR_W), inW);
          store<i32>(entry, sx < 0 ? zeros : input + (line + sx) * cinBytes);
          entry += ENTRY_BYTES;
        }
      }
    }
  }
  for (let tap = 0; tap < taps; tap++) {
    const from = mark + <usize>tap * ENTRY_BYTES;
    let hit = false;
    for (let row = 1; row <= ROWS; row++) hit = hit || i32At(from, row) != zeros;
    if (!hit) continue;
    const to = mark + <usize>count * ENTRY_BYTES;
    store<i32>(to, tap * panelTap);
    if (to != from) memory.copy(to + 4, from + 4, 24);
    count++;
  }
  store<i32>(table, count);
}

/**
 * Adds the share of one tap (`entry` of a table) to the 6 x 8 sums of a tile. Exported so that it stays a function
 * of its own, with one loop and nothing but stores behind it: otherwise V8 keeps half of the sums on the stack,
 * which halves the speed.
 */
export function convTap(entry: usize, panel: usize, cinBytes: usize, sums: usize): void {
  let b = panel + <usize>load<i32>(entry);
  let a0 = <usize>load<i32>(entry, 4);
  let a1 = <usize>load<i32>(entry, 8);
  let a2 = <usize>load<i32>(entry, 12);
  let a3 = <usize>load<i32>(entry, 16);
  let a4 = <usize>load<i32>(entry, 20);
  let a5 = <usize>load<i32>(entry, 24);
  let c00 = v128.load(sums);
  let c01 = v128.load(sums, 16);
  let c10 = v128.load(sums, 32);
  let c11 = v128.load(sums, 48);
  let c20 = v128.load(sums, 64);
  let c21 = v128.load(sums, 80);
  let c30 = v128.load(sums, 96);
  let c31 = v128.load(sums, 112);
  let c40 = v128.load(sums, 128);
  let c41 = v128.load(sums, 144);
  let c50 = v128.load(sums, 160);
  let c51 = v128.load(sums, 176);
  const end = a0 + cinBytes;
  while (a0 < end) {
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
  v128.store(sums, c00);
  v128.store(sums, c01, 16);
  v128.store(sums, c10, 32);
  v128.store(sums, c11, 48);
  v128.store(sums, c20, 64);
  v128.store(sums, c21, 80);
  v128.store(sums, c30, 96);
  v128.store(sums, c31, 112);
  v128.store(sums, c40, 128);
  v128.store(sums, c41, 144);
  v128.store(sums, c50, 160);
  v128.store(sums, c51, 176);
}

/** Bias or zeros as the first sums of a tile. */
// @ts-ignore: decorator
@inline
function begin(sums: usize, bias: usize): void {
  const low = bias ? v128.load(bias) : f32x4.splat(0);
  const high = bias ? v128.load(bias, 16) : f32x4.splat(0);
  for (const end = sums + TILE_BYTES; sums < end; sums += 32) {
    v128.store(sums, low);
    v128.store(sums, high, 16);
  }
}

/** Writes `bytes` of each row of a tile, activated, `shift` bytes behind the six addresses at `outputs`. */
function finish(sums: usize, activation: i32, outputs: usize, shift: usize, bytes: usize): void {
  for (const end = sums + TILE_BYTES; sums < end; sums += 32) {
    const to = <usize>load<i32>(outputs) + shift;
    outputs += 4;
    const low = activate(v128.load(sums), activation);
    const high = activate(v128.load(sums, 16), activation);
    if (bytes == 32) {
      v128.store(to, low);
      v128.store(to, high, 16);
      continue;
    }
    v128.store(sums, low);
    v128.store(sums, high, 16);
    memory.copy(to, sums, bytes);
  }
}

/** Computes 48 voxels of the list for `GROUP` panels of output channels; voxels count up first. */
export function conv(p: usize, task: i32, scratch: usize): void {
  const pixels = i32At(p, PIXELS) * i32At(p, SAMPLES);
  const blocks = (pixels + TASK_PIXELS - 1) / TASK_PIXELS;
  const cin = i32At(p, CIN);
  const cout = i32At(p, COUT);
  const taps = i32At(p, K_D) * i32At(p, K_H) * i32At(p, K_W);
  const activation = i32At(p, ACTIVATION);
  const first = (task % blocks) * TASK_PIXELS;
  const tiles = (min(TASK_PIXELS, pixels - first) + ROWS - 1) / ROWS;
  const tableBytes = HEADER_BYTES + <usize>taps * ENTRY_BYTES;
  const sums = (scratch + <usize>(TASK_PIXELS / ROWS) * tableBytes + 15) & ~15;
  const spare = sums + TILE_BYTES;

  for (let i = 0; i < tiles; i++) listTaps(p, first + i * ROWS, scratch + <usize>i * tableBytes, spare);
  const panelBytes = (<usize>taps * <usize>cin) << 5;
  const channels = i32At(p, GROUP) << 3;
  const from = (task / blocks) * channels;
  for (let channel = from; channel < min(cout, from + channels); channel += 8) {
    const panel = <usize>i32At(p, FILTER) + <usize>(channel >> 3) * panelBytes;
    const shift = <usize>channel << 2;
    const bias = i32At(p, BIAS) ? <usize>i32At(p, BIAS) + shift : 0;
    const bytes = <usize>min(8, cout - channel) << 2;
    for (let i = 0; i < tiles; i++) {
      const table = scratch + <usize>i * tableBytes;
      const end = table + HEADER_BYTES + <usize>load<i32>(table) * ENTRY_BYTES;
      begin(sums, bias);
      for (let entry = table + HEADER_BYTES; entry < end; entry += ENTRY_BYTES) {
        convTap(entry, panel, <usize>cin << 2, sums);
      }
      finish(sums, activation, table + 4, shift, bytes);
    }
  }
}

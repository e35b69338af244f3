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
import { CONV_VOXELS, TILE_BYTES, TILE_ROWS, Volumes } from './layout';
import { activate, i32At } from './simd';
import { multiplyRows } from './tile';

const ENTRY_BYTES: usize = 28;
/** Before a tile's taps: their count and the addresses of its six output voxels. */
const HEADER_BYTES: usize = 28;

/** Bytes of scratch that one thread needs: tables, a tile's sums and a voxel that nobody reads. */
export function convScratchBytes(taps: i32, cout: i32): i32 {
  const table = <i32>HEADER_BYTES + taps * <i32>ENTRY_BYTES;
  return (CONV_VOXELS / TILE_ROWS) * table + TILE_BYTES + (cout << 2) + 64;
}

/** Output voxels of one sample. */
// @ts-ignore: decorator
@inline
export function pixelsOf(p: usize): i32 {
  return i32At(p, Volumes.OUT_D) * i32At(p, Volumes.OUT_H) * i32At(p, Volumes.OUT_W);
}

/** Source index along one axis, or -1 outside or between the strides. */
// @ts-ignore: decorator
@inline
function source(at: i32, divisor: i32, size: i32): i32 {
  if (divisor == 2) {
    // Of an odd or negative number the quotient is outside, too.
    at = at & 1 ? -1 : at >> 1;
  } else if (divisor > 2) {
    if (at < 0 || at % divisor != 0) return -1;
    at /= divisor;
  }
  return <u32>at < <u32>size ? at : -1;
}

/** Voxel number `i` of a line of `size` of which those that meet the same taps, `divisor` apart, stand together. */
// @ts-ignore: decorator
@inline
export function inPhases(i: i32, size: i32, divisor: i32): i32 {
  for (let phase = 0; phase < divisor; phase++) {
    const count = (size - phase + divisor - 1) / divisor;
    if (i < count) return i * divisor + phase;
    i -= count;
  }
  return i;
}

/** Lets `count` taps of a voxel read zeros; the entry behind them. */
// @ts-ignore: decorator
@inline
function missing(entry: usize, count: i32, zeros: i32): usize {
  for (let i = 0; i < count; i++) {
    store<i32>(entry, zeros);
    entry += ENTRY_BYTES;
  }
  return entry;
}

/**
 * Lists, for one tile, the addresses of its six output voxels (`spare` past the end) and
 * `[filter offset, 6 voxel pointers]` of every tap that touches the volume. The voxels of all samples are one
 * list, samples first: six samples of a voxel at the rim miss the same taps.
 */
function listTaps(p: usize, first: i32, table: usize, spare: usize): void {
  const samples = i32At(p, Volumes.SAMPLES);
  const pixels = pixelsOf(p);
  const zeros = i32At(p, Volumes.ZEROS);
  const cinBytes = i32At(p, Volumes.CIN) << 2;
  const coutBytes = i32At(p, Volumes.COUT) << 2;
  const inD = i32At(p, Volumes.IN_D);
  const inH = i32At(p, Volumes.IN_H);
  const inW = i32At(p, Volumes.IN_W);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const kD = i32At(p, Volumes.K_D);
  const kH = i32At(p, Volumes.K_H);
  const kW = i32At(p, Volumes.K_W);
  const panelTap = i32At(p, Volumes.CIN) << 5;
  const divisor = i32At(p, Volumes.DIVISOR_W);
  const taps = kD * kH * kW;
  const mark = table + HEADER_BYTES;
  let count = 0;

  // Pointers tap by tap for one voxel after the other, then taps without any hit are dropped.
  for (let row = 0; row < TILE_ROWS; row++) {
    const inside = first + row < pixels * samples;
    const sample = (first + row) % samples;
    const pixel = (first + row) / samples;
    const input = i32At(p, Volumes.INPUT) + sample * inD * inH * inW * cinBytes;
    const yz = pixel / outW;
    const x = inPhases(pixel - yz * outW, outW, divisor);
    const y = yz % outH;
    const z = yz / outH;
    const out = i32At(p, Volumes.OUTPUT) + (sample * pixels + yz * outW + x) * coutBytes;
    store<i32>(table + 4 + (<usize>row << 2), inside ? out : <i32>spare);
    const bz = z * i32At(p, Volumes.SCALE_D) + i32At(p, Volumes.OFFSET_D);
    const by = y * i32At(p, Volumes.SCALE_H) + i32At(p, Volumes.OFFSET_H);
    const bx = x * i32At(p, Volumes.SCALE_W) + i32At(p, Volumes.OFFSET_W);
    let entry = mark + 4 + (<usize>row << 2);
    for (let kz = 0; kz < kD; kz++) {
      const sz = inside ? source(bz + kz * i32At(p, Volumes.STEP_D), i32At(p, Volumes.DIVISOR_D), inD) : -1;
      if (sz < 0) {
        entry = missing(entry, kH * kW, zeros);
        continue;
      }
      for (let ky = 0; ky < kH; ky++) {
        const sy = source(by + ky * i32At(p, Volumes.STEP_H), i32At(p, Volumes.DIVISOR_H), inH);
        if (sy < 0) {
          entry = missing(entry, kW, zeros);
          continue;
        }
        const line = (sz * inH + sy) * inW;
        for (let kx = 0; kx < kW; kx++) {
          const sx = source(bx + kx * i32At(p, Volumes.STEP_W), i32At(p, Volumes.DIVISOR_W), inW);
          store<i32>(entry, sx < 0 ? zeros : input + (line + sx) * cinBytes);
          entry += ENTRY_BYTES;
        }
      }
    }
  }
  for (let tap = 0; tap < taps; tap++) {
    const from = mark + <usize>tap * ENTRY_BYTES;
    let hit = false;
    for (let row = 1; row <= TILE_ROWS; row++) hit = hit || i32At(from, row) != zeros;
    if (!hit) continue;
    const to = mark + <usize>count * ENTRY_BYTES;
    store<i32>(to, tap * panelTap);
    if (to != from) memory.copy(to + 4, from + 4, 24);
    count++;
  }
  store<i32>(table, count);
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
  const pixels = pixelsOf(p) * i32At(p, Volumes.SAMPLES);
  const blocks = (pixels + CONV_VOXELS - 1) / CONV_VOXELS;
  const cin = i32At(p, Volumes.CIN);
  const cout = i32At(p, Volumes.COUT);
  const taps = i32At(p, Volumes.K_D) * i32At(p, Volumes.K_H) * i32At(p, Volumes.K_W);
  const activation = i32At(p, Volumes.ACTIVATION);
  const first = (task % blocks) * CONV_VOXELS;
  const tiles = (min(CONV_VOXELS, pixels - first) + TILE_ROWS - 1) / TILE_ROWS;
  const tableBytes = HEADER_BYTES + <usize>taps * ENTRY_BYTES;
  const sums = (scratch + <usize>(CONV_VOXELS / TILE_ROWS) * tableBytes + 15) & ~15;
  const spare = sums + TILE_BYTES;

  for (let i = 0; i < tiles; i++) listTaps(p, first + i * TILE_ROWS, scratch + <usize>i * tableBytes, spare);
  const panelBytes = (<usize>taps * <usize>cin) << 5;
  const channels = i32At(p, Volumes.GROUP) << 3;
  const from = (task / blocks) * channels;
  for (let channel = from; channel < min(cout, from + channels); channel += 8) {
    const panel = <usize>i32At(p, Volumes.FILTER) + <usize>(channel >> 3) * panelBytes;
    const shift = <usize>channel << 2;
    const bias = i32At(p, Volumes.BIAS) ? <usize>i32At(p, Volumes.BIAS) + shift : 0;
    const bytes = <usize>min(8, cout - channel) << 2;
    for (let i = 0; i < tiles; i++) {
      const table = scratch + <usize>i * tableBytes;
      const end = table + HEADER_BYTES + <usize>load<i32>(table) * ENTRY_BYTES;
      begin(sums, bias);
      for (let entry = table + HEADER_BYTES; entry < end; entry += ENTRY_BYTES) {
        multiplyRows(entry + 4, <usize>cin << 2, panel + <usize>load<i32>(entry), sums, 32, true);
      }
      finish(sums, activation, table + 4, shift, bytes);
    }
  }
}

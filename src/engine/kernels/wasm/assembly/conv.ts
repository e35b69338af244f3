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
/** Before a tile's taps: their count, the bytes of a voxel's values that each meets, the addresses of its output voxels. */
const HEADER_BYTES: usize = 32;
const OUTPUTS: usize = 8;
/** Bytes for what one tap along one axis reads for eight rows, two of which are never inside. */
const ROWS_BYTES: usize = 32;
/** In place of a number of voxels, outside of the volume: negative also with voxels added, or a second one. */
const OUTSIDE: i32 = -(1 << 30);

/** Bytes of scratch that one thread needs: tables, sources along the axes, a tile's sums and a voxel that nobody reads. */
export function convScratchBytes(taps: i32, cout: i32): i32 {
  const table = <i32>HEADER_BYTES + taps * <i32>ENTRY_BYTES;
  const sources = (taps + 2) * <i32>ROWS_BYTES;
  return (CONV_VOXELS / TILE_ROWS) * table + sources + TILE_BYTES + (cout << 2) + 64;
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

/** Writes for one row where the taps along one axis read, in voxels from `base` on. */
// @ts-ignore: decorator
@inline
function listAxis(to: usize, at: i32, step: i32, divisor: i32, size: i32, taps: i32, voxels: i32, base: i32): void {
  for (let tap = 0; tap < taps; tap++) {
    const from = source(at, divisor, size);
    store<i32>(to, from < 0 ? OUTSIDE : base + from * voxels);
    to += ROWS_BYTES;
    at += step;
  }
}

/** Whether all rows lie outside, given as two halves. */
// @ts-ignore: decorator
@inline
function allOutside(low: v128, high: v128): bool {
  return i32x4.bitmask(v128.and(low, high)) == 15;
}

/**
 * Lists, for one tile, the addresses of its six output voxels (`spare` past the end) and
 * `[filter offset, 6 voxel pointers]` of every tap that touches the volume. The voxels of all samples are one
 * list, samples first: six samples of a voxel at the rim miss the same taps. Where the taps of a line lie side by side
 * and inside for all six voxels, they are one.
 */
function listTaps(p: usize, first: i32, table: usize, spare: usize, sources: usize): void {
  const samples = i32At(p, Volumes.SAMPLES);
  const pixels = pixelsOf(p);
  const cin = i32At(p, Volumes.CIN);
  const coutBytes = i32At(p, Volumes.COUT) << 2;
  const inD = i32At(p, Volumes.IN_D);
  const inH = i32At(p, Volumes.IN_H);
  const inW = i32At(p, Volumes.IN_W);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const kD = i32At(p, Volumes.K_D);
  const kH = i32At(p, Volumes.K_H);
  const kW = i32At(p, Volumes.K_W);
  const divisor = i32At(p, Volumes.DIVISOR_W);
  const stepW = i32At(p, Volumes.STEP_W);
  const sourcesY = sources + <usize>kD * ROWS_BYTES;
  const sourcesX = sourcesY + <usize>kH * ROWS_BYTES;

  let sample = first % samples;
  let pixel = first / samples;
  let z = pixel / (outH * outW);
  pixel -= z * outH * outW;
  let y = pixel / outW;
  let i = pixel - y * outW;
  let together = stepW == 1 && divisor == 1;
  for (let row = 0; row < TILE_ROWS; row++) {
    const inside = first + row < pixels * samples;
    const lane = <usize>row << 2;
    const x = divisor == 1 ? i : inPhases(i, outW, divisor);
    const out = i32At(p, Volumes.OUTPUT) + (sample * pixels + (z * outH + y) * outW + x) * coutBytes;
    store<i32>(table + OUTPUTS + lane, inside ? out : <i32>spare);
    const bz = inside ? z * i32At(p, Volumes.SCALE_D) + i32At(p, Volumes.OFFSET_D) : OUTSIDE;
    const by = y * i32At(p, Volumes.SCALE_H) + i32At(p, Volumes.OFFSET_H);
    const bx = x * i32At(p, Volumes.SCALE_W) + i32At(p, Volumes.OFFSET_W);
    listAxis(sources + lane, bz, i32At(p, Volumes.STEP_D), i32At(p, Volumes.DIVISOR_D), inD, kD, inH * inW, sample * inD * inH * inW);
    listAxis(sourcesY + lane, by, i32At(p, Volumes.STEP_H), i32At(p, Volumes.DIVISOR_H), inH, kH, inW, 0);
    listAxis(sourcesX + lane, bx, stepW, divisor, inW, kW, 1, 0);
    together = together && (!inside || (bx >= 0 && bx + kW <= inW));
    if (++sample == samples) {
      sample = 0;
      if (++i == outW) {
        i = 0;
        if (++y == outH) {
          y = 0;
          z++;
        }
      }
    }
  }
  const outside = i32x4.splat(OUTSIDE);
  const last = sourcesX + <usize>kW * ROWS_BYTES;
  for (let at = sources; at < last; at += ROWS_BYTES) v128.store64_lane(at, outside, 0, 24);

  const zeros = i32x4.splat(i32At(p, Volumes.ZEROS));
  const input = i32x4.splat(i32At(p, Volumes.INPUT));
  const voxelBytes = i32x4.splat(cin << 2);
  const run = together ? kW : 1;
  const ends = sourcesX + <usize>(kW / run) * ROWS_BYTES;
  const tapBytes = (run * cin) << 5;
  let entry = table + HEADER_BYTES;
  let offset = 0;
  for (let atZ = sources; atZ < sourcesY; atZ += ROWS_BYTES) {
    const z0 = v128.load(atZ);
    const z1 = v128.load(atZ, 16);
    if (allOutside(z0, z1)) {
      offset += (kH * kW * cin) << 5;
      continue;
    }
    for (let atY = sourcesY; atY < sourcesX; atY += ROWS_BYTES) {
      const y0 = i32x4.max_s(i32x4.add(z0, v128.load(atY)), outside);
      const y1 = i32x4.max_s(i32x4.add(z1, v128.load(atY, 16)), outside);
      if (allOutside(y0, y1)) {
        offset += (kW * cin) << 5;
        continue;
      }
      for (let atX = sourcesX; atX < ends; atX += ROWS_BYTES) {
        const x0 = i32x4.add(y0, v128.load(atX));
        const x1 = i32x4.add(y1, v128.load(atX, 16));
        if (!allOutside(x0, x1)) {
          const low = i32x4.add(i32x4.mul(x0, voxelBytes), input);
          const high = i32x4.add(i32x4.mul(x1, voxelBytes), input);
          store<i32>(entry, offset);
          v128.store(entry, v128.bitselect(zeros, low, i32x4.shr_s(x0, 31)), 4);
          v128.store64_lane(entry, v128.bitselect(zeros, high, i32x4.shr_s(x1, 31)), 0, 20);
          entry += ENTRY_BYTES;
        }
        offset += tapBytes;
      }
    }
  }
  store<i32>(table, <i32>((entry - table - HEADER_BYTES) / ENTRY_BYTES));
  store<i32>(table, (run * cin) << 2, 4);
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
    for (let at: usize = 0; at < bytes; at += 4) store<f32>(to + at, load<f32>(sums + at));
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
  const sources = (scratch + <usize>(CONV_VOXELS / TILE_ROWS) * tableBytes + 15) & ~15;
  const sums = sources + <usize>(taps + 2) * ROWS_BYTES;
  const spare = sums + TILE_BYTES;

  for (let i = 0; i < tiles; i++) listTaps(p, first + i * TILE_ROWS, scratch + <usize>i * tableBytes, spare, sources);
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
      const depth = <usize>load<i32>(table, 4);
      begin(sums, bias);
      for (let entry = table + HEADER_BYTES; entry < end; entry += ENTRY_BYTES) {
        multiplyRows(entry + 4, depth, panel + <usize>load<i32>(entry), sums, 32, true);
      }
      finish(sums, activation, table + OUTPUTS, shift, bytes);
    }
  }
}

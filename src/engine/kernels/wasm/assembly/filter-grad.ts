/**
 * Filter gradient `dW[tap, ci, co] = sum over voxels of x[voxel + tap, ci] * dy[voxel, co]`. Both operands are
 * packed first, the voxels of all samples as one list, samples first, those of x along W by their remainder under
 * the stride, so that a tap meets long runs of rows:
 *
 *   x -> [cin / 6][voxel][sample][6] ──┐
 *                                      ├─ for each tap 6 x 8 sums in registers while its runs pass by ─> dW
 *   dy -> [cout / 8][voxel][sample][8] ┘
 */
import { i32At, madd } from './simd';

/** Indices of the i32 parameters; `filter-grad.ts` on the JavaScript side writes the same list. */
const INPUT = 0;
const GRADIENT = 1;
const RESULT = 2;
const CIN = 3;
const COUT = 4;
const IN_D = 5;
const IN_H = 6;
const IN_W = 7;
const OUT_D = 8;
const OUT_H = 9;
const OUT_W = 10;
const K_H = 11;
const K_W = 12;
const STRIDE_D = 13;
const STRIDE_H = 14;
const STRIDE_W = 15;
const PAD_D = 16;
const PAD_H = 17;
const PAD_W = 18;
const DILATION_D = 19;
const DILATION_H = 20;
const DILATION_W = 21;
const SAMPLES = 22;
/** First tap of `RESULT` and their number; panels of output channels per task; 1 adds to `RESULT`. */
const FIRST_TAP = 23;
const TAPS = 24;
const GROUP = 25;
const ADD = 26;

/** Rows of both operands that stay in the first cache. */
const BLOCK_ROWS: i32 = 448;
/** Bytes of a run: where it begins in a panel of x and of dy, and its bytes in dy. */
const RUN_BYTES: usize = 12;
const ROW_A: i32 = 24;
const ROW_B: i32 = 32;
const TILE_BYTES: i32 = 192;

/** Bytes of scratch that one thread needs: a tile at the rim, the runs of a block. */
export function filterGradScratchBytes(): i32 {
  return TILE_BYTES + BLOCK_ROWS * <i32>RUN_BYTES;
}

const SOURCE = 0;
const TARGET = 1;
const VOXELS = 2;
const CHANNELS = 3;
const WIDTH = 4;
const PACK_SAMPLES = 5;
/** Voxels of a line and the stride by which they are ordered. */
const LINE = 6;
const STRIDE = 7;
const PACK_ROWS: i32 = 64;

/** Where the voxels with one remainder begin in a line that is ordered by the stride. */
// @ts-ignore: decorator
@inline
function classStart(remainder: i32, line: i32, stride: i32): i32 {
  return remainder * (line / stride) + min(remainder, line % stride);
}

/** The voxel at one place of a line that is ordered by the stride. */
function ordered(place: i32, line: i32, stride: i32): i32 {
  const longer = (line % stride) * (line / stride + 1);
  const remainder = place < longer ? place / (line / stride + 1) : (line % stride) + (place - longer) / (line / stride);
  return (place - classStart(remainder, line, stride)) * stride + remainder;
}

/** Packs 64 rows of `[sample][voxel][channels]` into panels `[voxel][sample][WIDTH]`, filled up with zeros. */
export function packVoxels(p: usize, task: i32): void {
  const samples = i32At(p, PACK_SAMPLES);
  const voxels = i32At(p, VOXELS);
  const channels = i32At(p, CHANNELS);
  const width = i32At(p, WIDTH);
  const line = i32At(p, LINE);
  const stride = i32At(p, STRIDE);
  const rows = voxels * samples;
  const first = task * PACK_ROWS;
  const end = min(rows, first + PACK_ROWS);
  const panelBytes = <usize>(rows * width) << 2;
  const widthBytes = <usize>width << 2;
  let to = <usize>i32At(p, TARGET) + <usize>first * widthBytes;
  for (let channel = 0; channel < channels; channel += width) {
    const count = min(width, channels - channel);
    let at = to;
    for (let row = first; row < end; row++) {
      const voxel = row / samples;
      const x = voxel % line;
      const source = (row % samples) * voxels + voxel - x + (stride == 1 ? x : ordered(x, line, stride));
      let from = <usize>i32At(p, SOURCE) + (<usize>(source * channels + channel) << 2);
      if (count == 8) {
        v128.store(at, v128.load(from));
        v128.store(at, v128.load(from, 16), 16);
      } else if (count == 6) {
        v128.store(at, v128.load(from));
        store<u64>(at, load<u64>(from, 16), 16);
      } else {
        for (let i = 0; i < width; i++, from += 4) store<f32>(at + (<usize>i << 2), i < count ? load<f32>(from) : 0);
      }
      at += widthBytes;
    }
    to += panelBytes;
  }
}

/** First output index whose source `out * stride + shift` is not negative. */
// @ts-ignore: decorator
@inline
function firstInside(shift: i32, stride: i32): i32 {
  return shift >= 0 ? 0 : (-shift + stride - 1) / stride;
}

/** One past the last output index whose source is below `size`. */
// @ts-ignore: decorator
@inline
function endInside(shift: i32, stride: i32, size: i32, out: i32): i32 {
  const room = size - 1 - shift;
  return room < 0 ? 0 : min(out, room / stride + 1);
}

/** The gradient of one tap for `GROUP` panels of output channels; taps count up first. */
export function filterGrad(p: usize, task: i32, scratch: usize): void {
  const taps = i32At(p, TAPS);
  const samples = i32At(p, SAMPLES);
  const kH = i32At(p, K_H);
  const kW = i32At(p, K_W);
  const inH = i32At(p, IN_H);
  const inW = i32At(p, IN_W);
  const outH = i32At(p, OUT_H);
  const outW = i32At(p, OUT_W);
  const strideD = i32At(p, STRIDE_D);
  const strideH = i32At(p, STRIDE_H);
  const strideW = i32At(p, STRIDE_W);
  const index = task % taps;
  const group = task / taps;
  const tap = i32At(p, FIRST_TAP) + index;
  const shiftZ = (tap / (kH * kW)) * i32At(p, DILATION_D) - i32At(p, PAD_D);
  const shiftY = ((tap / kW) % kH) * i32At(p, DILATION_H) - i32At(p, PAD_H);
  const shiftX = (tap % kW) * i32At(p, DILATION_W) - i32At(p, PAD_W);
  const z1 = endInside(shiftZ, strideD, i32At(p, IN_D), i32At(p, OUT_D));
  const y0 = firstInside(shiftY, strideH);
  const y1 = endInside(shiftY, strideH, inH, outH);
  const x0 = firstInside(shiftX, strideW);
  const x1 = endInside(shiftX, strideW, inW, outW);
  const length = x1 - x0;
  const x = x0 * strideW + shiftX;
  const place = classStart(x % strideW, inW, strideW) + x / strideW;
  const result = <usize>i32At(p, RESULT) + (<usize>(index * i32At(p, CIN) * i32At(p, COUT)) << 2);
  let add = i32At(p, ADD) != 0;
  const runs = scratch + TILE_BYTES;
  let end = runs;
  let rows = 0;
  for (let z = firstInside(shiftZ, strideD); z < z1 && length > 0; z++) {
    for (let y = y0; y < y1; y++) {
      const line = (z * strideD + shiftZ) * inH + y * strideH + shiftY;
      store<i32>(end, (line * inW + place) * samples * ROW_A);
      store<i32>(end, ((z * outH + y) * outW + x0) * samples * ROW_B, 4);
      store<i32>(end, length * samples * ROW_B, 8);
      end += RUN_BYTES;
      rows += length * samples;
      if (rows < BLOCK_ROWS) continue;
      addRuns(p, scratch, end, group, result, add);
      add = true;
      end = runs;
      rows = 0;
    }
  }
  if (rows > 0 || !add) addRuns(p, scratch, end, group, result, add);
}

/** Puts or adds the products of the runs at `scratch` to a group of panels of one tap's result. */
function addRuns(p: usize, scratch: usize, end: usize, group: i32, result: usize, add: bool): void {
  const cin = i32At(p, CIN);
  const cout = i32At(p, COUT);
  const samples = <usize>i32At(p, SAMPLES);
  const aBytes = <usize>(i32At(p, IN_D) * i32At(p, IN_H) * i32At(p, IN_W) * ROW_A) * samples;
  const bBytes = <usize>(i32At(p, OUT_D) * i32At(p, OUT_H) * i32At(p, OUT_W) * ROW_B) * samples;
  const rowBytes = <usize>cout << 2;
  const runs = scratch + TILE_BYTES;
  const columns = i32At(p, GROUP) << 3;
  const first = group * columns;
  for (let co = first; co < min(cout, first + columns); co += 8) {
    const b = <usize>i32At(p, GRADIENT) + <usize>(co >> 3) * bBytes;
    let a = <usize>i32At(p, INPUT);
    for (let ci = 0; ci < cin; ci += 6) {
      const out = result + (<usize>(ci * cout + co) << 2);
      memory.fill(scratch, 0, TILE_BYTES);
      for (let run = runs; run < end; run += RUN_BYTES) {
        const from = b + <usize>load<i32>(run, 4);
        filterGradRun(a + <usize>load<i32>(run), from, from + <usize>load<i32>(run, 8), scratch);
      }
      const rows = min(6, cin - ci);
      if (co + 8 <= cout) putRows(scratch, out, rowBytes, rows, add);
      else putPart(scratch, out, rowBytes, rows, cout - co, add);
      a += aBytes;
    }
  }
}

/** Puts or adds the first `rows` rows of a tile to `out`. */
function putRows(tile: usize, out: usize, rowBytes: usize, rows: i32, add: bool): void {
  for (; rows > 0; rows--) {
    const low = v128.load(tile);
    const high = v128.load(tile, 16);
    v128.store(out, add ? f32x4.add(v128.load(out), low) : low);
    v128.store(out, add ? f32x4.add(v128.load(out, 16), high) : high, 16);
    tile += 32;
    out += rowBytes;
  }
}

/** The same with less than eight columns. */
function putPart(tile: usize, out: usize, rowBytes: usize, rows: i32, columns: i32, add: bool): void {
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < <usize>columns << 2; at += 4) {
      const value = load<f32>(tile + at);
      store<f32>(out + at, add ? load<f32>(out + at) + value : value);
    }
    tile += 32;
    out += rowBytes;
  }
}

/**
 * Adds the products of one run, `b` up to `end`, to the 6 x 8 sums of a tile. Exported, with one loop and nothing
 * but stores behind it, for the reason that `convTap` is.
 */
export function filterGradRun(a: usize, b: usize, end: usize, sums: usize): void {
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
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += ROW_B;
    let x = v128.load_splat<f32>(a);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(a, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(a, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(a, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(a, 16);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(a, 20);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    a += ROW_A;
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

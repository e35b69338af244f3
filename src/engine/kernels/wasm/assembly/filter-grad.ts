/**
 * Filter gradient `dW[tap, ci, co] = sum over voxels of x[voxel + tap, ci] * dy[voxel, co]`. Both operands are
 * packed first, the voxels of all samples as one list, samples first, so that a tap meets long runs of rows:
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

/** Bytes of scratch that one thread needs: the runs of a block. */
export function filterGradScratchBytes(): i32 {
  return BLOCK_ROWS * <i32>RUN_BYTES;
}

const SOURCE = 0;
const TARGET = 1;
const VOXELS = 2;
const CHANNELS = 3;
const WIDTH = 4;
const PACK_SAMPLES = 5;
const PACK_ROWS: i32 = 64;

/** Packs 64 rows of `[sample][voxel][channels]` into panels `[voxel][sample][WIDTH]`, filled up with zeros. */
export function packVoxels(p: usize, task: i32): void {
  const samples = i32At(p, PACK_SAMPLES);
  const voxels = i32At(p, VOXELS);
  const channels = i32At(p, CHANNELS);
  const width = i32At(p, WIDTH);
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
      const source = (row % samples) * voxels + row / samples;
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
  // Neighbours along x are one run unless the stride parts them.
  const length = strideW == 1 ? x1 - x0 : 1;
  const result = <usize>i32At(p, RESULT) + (<usize>(index * i32At(p, CIN) * i32At(p, COUT)) << 2);
  let add = i32At(p, ADD) != 0;
  let end = scratch;
  let rows = 0;
  for (let z = firstInside(shiftZ, strideD); z < z1; z++) {
    for (let y = y0; y < y1; y++) {
      const a = ((z * strideD + shiftZ) * inH + y * strideH + shiftY) * inW + shiftX;
      const b = (z * outH + y) * outW;
      for (let x = x0; x < x1; x += length) {
        store<i32>(end, (a + x * strideW) * samples * ROW_A);
        store<i32>(end, (b + x) * samples * ROW_B, 4);
        store<i32>(end, length * samples * ROW_B, 8);
        end += RUN_BYTES;
        rows += length * samples;
        if (rows < BLOCK_ROWS) continue;
        addRuns(p, scratch, end, group, result, add);
        add = true;
        end = scratch;
        rows = 0;
      }
    }
  }
  if (rows > 0 || !add) addRuns(p, scratch, end, group, result, add);
}

/** Adds the products of some runs to a group of panels of one tap's result. */
function addRuns(p: usize, runs: usize, end: usize, group: i32, result: usize, add: bool): void {
  const cin = i32At(p, CIN);
  const cout = i32At(p, COUT);
  const samples = <usize>i32At(p, SAMPLES);
  const aBytes = <usize>(i32At(p, IN_D) * i32At(p, IN_H) * i32At(p, IN_W) * ROW_A) * samples;
  const bBytes = <usize>(i32At(p, OUT_D) * i32At(p, OUT_H) * i32At(p, OUT_W) * ROW_B) * samples;
  const columns = i32At(p, GROUP) << 3;
  const first = group * columns;
  for (let co = first; co < min(cout, first + columns); co += 8) {
    const b = <usize>i32At(p, GRADIENT) + <usize>(co >> 3) * bBytes;
    let a = <usize>i32At(p, INPUT);
    for (let ci = 0; ci < cin; ci += 6) {
      const out = result + (<usize>(ci * cout + co) << 2);
      filterGradTile(runs, end, a, b, min(6, cin - ci), cout - co, out, <usize>cout << 2, add);
      a += aBytes;
    }
  }
}

/**
 * `rows` x `columns` sums of one tile, put or added to `out`. Exported so that it stays a function of its own:
 * inlined into loops, V8 keeps half of the sums on the stack.
 */
export function filterGradTile(
  runs: usize, end: usize, a: usize, b: usize, rows: i32, columns: i32, out: usize, rowBytes: usize, add: bool,
): void {
  let c00: v128 = f32x4.splat(0);
  let c01: v128 = f32x4.splat(0);
  let c10: v128 = f32x4.splat(0);
  let c11: v128 = f32x4.splat(0);
  let c20: v128 = f32x4.splat(0);
  let c21: v128 = f32x4.splat(0);
  let c30: v128 = f32x4.splat(0);
  let c31: v128 = f32x4.splat(0);
  let c40: v128 = f32x4.splat(0);
  let c41: v128 = f32x4.splat(0);
  let c50: v128 = f32x4.splat(0);
  let c51: v128 = f32x4.splat(0);
  for (; runs < end; runs += RUN_BYTES) {
    let x = a + <usize>load<i32>(runs);
    let y = b + <usize>load<i32>(runs, 4);
    const stop = y + <usize>load<i32>(runs, 8);
    while (y < stop) {
      const b0 = v128.load(y);
      const b1 = v128.load(y, 16);
      y += ROW_B;
      let v = v128.load_splat<f32>(x);
      c00 = madd(v, b0, c00);
      c01 = madd(v, b1, c01);
      v = v128.load_splat<f32>(x, 4);
      c10 = madd(v, b0, c10);
      c11 = madd(v, b1, c11);
      v = v128.load_splat<f32>(x, 8);
      c20 = madd(v, b0, c20);
      c21 = madd(v, b1, c21);
      v = v128.load_splat<f32>(x, 12);
      c30 = madd(v, b0, c30);
      c31 = madd(v, b1, c31);
      v = v128.load_splat<f32>(x, 16);
      c40 = madd(v, b0, c40);
      c41 = madd(v, b1, c41);
      v = v128.load_splat<f32>(x, 20);
      c50 = madd(v, b0, c50);
      c51 = madd(v, b1, c51);
      x += ROW_A;
    }
  }
  put(out, columns, c00, c01, add);
  if (rows > 1) put(out + rowBytes, columns, c10, c11, add);
  if (rows > 2) put(out + 2 * rowBytes, columns, c20, c21, add);
  if (rows > 3) put(out + 3 * rowBytes, columns, c30, c31, add);
  if (rows > 4) put(out + 4 * rowBytes, columns, c40, c41, add);
  if (rows > 5) put(out + 5 * rowBytes, columns, c50, c51, add);
}

function put(at: usize, columns: i32, low: v128, high: v128, add: bool): void {
  if (columns >= 8) {
    v128.store(at, add ? f32x4.add(v128.load(at), low) : low);
    v128.store(at, add ? f32x4.add(v128.load(at, 16), high) : high, 16);
    return;
  }
  putLane(at, 0, columns, f32x4.extract_lane(low, 0), add);
  putLane(at, 1, columns, f32x4.extract_lane(low, 1), add);
  putLane(at, 2, columns, f32x4.extract_lane(low, 2), add);
  putLane(at, 3, columns, f32x4.extract_lane(low, 3), add);
  putLane(at, 4, columns, f32x4.extract_lane(high, 0), add);
  putLane(at, 5, columns, f32x4.extract_lane(high, 1), add);
  putLane(at, 6, columns, f32x4.extract_lane(high, 2), add);
}

function putLane(at: usize, lane: i32, columns: i32, value: f32, add: bool): void {
  if (lane >= columns) return;
  const to = at + (<usize>lane << 2);
  store<f32>(to, add ? load<f32>(to) + value : value);
}

/**
 * Filter gradient `dW[tap, ci, co] = sum over voxels of x[voxel + tap, ci] * dy[voxel, co]`: for each
 * tap a tile of 6 input channels x 8 output channels stays in registers while the rows of a block of
 * voxels (small enough for the second cache) pass by. Sums accumulate in `dW` from call to call.
 */
import { i32At, madd } from './simd';

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

const BLOCK_PIXELS: i32 = 256;

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

/** Adds the products of rows `[from, to)` of the output (row = z * OUT_H + y) to one 6 x 8 tile. */
function tile(p: usize, from: i32, to: i32, shiftZ: i32, shiftY: i32, shiftX: i32, ci: i32, co: i32, result: usize): void {
  const cin = i32At(p, CIN);
  const cout = i32At(p, COUT);
  const inD = i32At(p, IN_D);
  const inH = i32At(p, IN_H);
  const inW = i32At(p, IN_W);
  const outH = i32At(p, OUT_H);
  const outW = i32At(p, OUT_W);
  const strideW = i32At(p, STRIDE_W);
  const x0 = firstInside(shiftX, strideW);
  const x1 = endInside(shiftX, strideW, inW, outW);
  const stepA = <usize>(strideW * cin) << 2;
  const stepB = <usize>cout << 2;
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
  for (let row = from; row < to; row++) {
    const z = (row / outH) * i32At(p, STRIDE_D) + shiftZ;
    const y = (row % outH) * i32At(p, STRIDE_H) + shiftY;
    if (<u32>z >= <u32>inD || <u32>y >= <u32>inH || x1 <= x0) continue;
    let a = <usize>i32At(p, INPUT) + (<usize>(((z * inH + y) * inW + x0 * strideW + shiftX) * cin + ci) << 2);
    let b = <usize>i32At(p, GRADIENT) + (<usize>((row * outW + x0) * cout + co) << 2);
    const end = b + <usize>(x1 - x0) * stepB;
    while (b < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      b += stepB;
      let v = v128.load_splat<f32>(a);
      c00 = madd(v, b0, c00);
      c01 = madd(v, b1, c01);
      v = v128.load_splat<f32>(a, 4);
      c10 = madd(v, b0, c10);
      c11 = madd(v, b1, c11);
      v = v128.load_splat<f32>(a, 8);
      c20 = madd(v, b0, c20);
      c21 = madd(v, b1, c21);
      v = v128.load_splat<f32>(a, 12);
      c30 = madd(v, b0, c30);
      c31 = madd(v, b1, c31);
      v = v128.load_splat<f32>(a, 16);
      c40 = madd(v, b0, c40);
      c41 = madd(v, b1, c41);
      v = v128.load_splat<f32>(a, 20);
      c50 = madd(v, b0, c50);
      c51 = madd(v, b1, c51);
      a += stepA;
    }
  }
  const rows = cin - ci;
  const columns = cout - co;
  add(result, columns, c00, c01);
  if (rows > 1) add(result + stepB, columns, c10, c11);
  if (rows > 2) add(result + 2 * stepB, columns, c20, c21);
  if (rows > 3) add(result + 3 * stepB, columns, c30, c31);
  if (rows > 4) add(result + 4 * stepB, columns, c40, c41);
  if (rows > 5) add(result + 5 * stepB, columns, c50, c51);
}

function add(at: usize, columns: i32, low: v128, high: v128): void {
  if (columns >= 8) {
    v128.store(at, f32x4.add(v128.load(at), low));
    v128.store(at, f32x4.add(v128.load(at, 16), high), 16);
    return;
  }
  addLane(at, 0, columns, f32x4.extract_lane(low, 0));
  addLane(at, 1, columns, f32x4.extract_lane(low, 1));
  addLane(at, 2, columns, f32x4.extract_lane(low, 2));
  addLane(at, 3, columns, f32x4.extract_lane(low, 3));
  addLane(at, 4, columns, f32x4.extract_lane(high, 0));
  addLane(at, 5, columns, f32x4.extract_lane(high, 1));
  addLane(at, 6, columns, f32x4.extract_lane(high, 2));
}

function addLane(at: usize, lane: i32, columns: i32, value: f32): void {
  if (lane >= columns) return;
  const to = at + (<usize>lane << 2);
  store<f32>(to, load<f32>(to) + value);
}

/** Adds one sample's share of the gradient of one tap (`task` = tap index). */
export function filterGrad(p: usize, task: i32): void {
  const cin = i32At(p, CIN);
  const cout = i32At(p, COUT);
  const kH = i32At(p, K_H);
  const kW = i32At(p, K_W);
  const shiftZ = (task / (kH * kW)) * i32At(p, DILATION_D) - i32At(p, PAD_D);
  const shiftY = ((task / kW) % kH) * i32At(p, DILATION_H) - i32At(p, PAD_H);
  const shiftX = (task % kW) * i32At(p, DILATION_W) - i32At(p, PAD_W);
  const rows = i32At(p, OUT_D) * i32At(p, OUT_H);
  const block = max(1, BLOCK_PIXELS / i32At(p, OUT_W));
  const result = <usize>i32At(p, RESULT) + (<usize>(task * cin * cout) << 2);
  for (let row = 0; row < rows; row += block) {
    const to = min(rows, row + block);
    for (let co = 0; co < cout; co += 8) {
      for (let ci = 0; ci < cin; ci += 6) {
        tile(p, row, to, shiftZ, shiftY, shiftX, ci, co, result + (<usize>(ci * cout + co) << 2));
      }
    }
  }
}

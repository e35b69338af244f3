/**
 * Input gradient of a 3D convolution for inputs of few channels: each voxel of `dy` times the filter gives what it
 * adds to every voxel under its window.
 */
import { i32At } from '../simd';

const DY = 0;
const FILTER = 1;
const DX = 2;
const CIN = 3;
const COUT = 4;
const IN_D = 5;
const IN_H = 6;
const IN_W = 7;
const OUT_D = 8;
const OUT_H = 9;
const OUT_W = 10;
const KERNEL_D = 11;
const KERNEL_H = 12;
const KERNEL_W = 13;
const STRIDE_D = 14;
const STRIDE_H = 15;
const STRIDE_W = 16;
const PAD_D = 17;
const PAD_H = 18;
const PAD_W = 19;
const DILATION_D = 20;
const DILATION_H = 21;
const DILATION_W = 22;

/** Floats that a row of the turned filter is padded to. */
const LANES: i32 = 16;

function columns(p: usize): i32 {
  return i32At(p, KERNEL_D) * i32At(p, KERNEL_H) * i32At(p, KERNEL_W) * i32At(p, CIN);
}

function padded(p: usize): i32 {
  return (columns(p) + LANES - 1) & -LANES;
}

/** Bytes of work that {@link fewChannelsGrad} takes. */
export function fewChannelsBytes(p: usize): i32 {
  return (padded(p) * (i32At(p, COUT) + 1)) << 2;
}

/** Adds to the cleared gradient of the input `[d, h, w, cin]`, one sample. */
export function fewChannelsGrad(p: usize, work: usize): void {
  const width = padded(p);
  const bytes = <usize>width << 2;
  const turned = work + bytes;
  turnFilter(p, turned, width);
  const cout = i32At(p, COUT);
  const outD = i32At(p, OUT_D);
  const outH = i32At(p, OUT_H);
  const outW = i32At(p, OUT_W);
  let dy = <usize>i32At(p, DY);
  for (let z = 0; z < outD; z++) {
    for (let y = 0; y < outH; y++) {
      for (let x = 0; x < outW; x++) {
        for (let c: usize = 0; c < bytes; c += <usize>LANES << 2) {
          sixteen(dy, turned + c, cout, bytes, work + c);
        }
        spread(p, z, y, x, work);
        dy += <usize>cout << 2;
      }
    }
  }
}

/** The filter `[taps * cin, cout]` as `[cout, taps * cin]`, rows padded with zeros. */
function turnFilter(p: usize, turned: usize, width: i32): void {
  const cout = i32At(p, COUT);
  const rows = columns(p);
  memory.fill(turned, 0, <usize>(width * cout) << 2);
  let source = <usize>i32At(p, FILTER);
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < cout; o++) {
      store<f32>(turned + (<usize>(o * width + row) << 2), load<f32>(source));
      source += 4;
    }
  }
}

/** `sum_o dy[o] * rows[o]` for sixteen columns. */
// @ts-ignore: decorator
@inline
function sixteen(dy: usize, rows: usize, cout: i32, bytes: usize, out: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  const end = dy + (<usize>cout << 2);
  for (; dy < end; dy += 4) {
    const value = v128.load_splat<f32>(dy);
    s0 = f32x4.add(s0, f32x4.mul(value, v128.load(rows)));
    s1 = f32x4.add(s1, f32x4.mul(value, v128.load(rows, 16)));
    s2 = f32x4.add(s2, f32x4.mul(value, v128.load(rows, 32)));
    s3 = f32x4.add(s3, f32x4.mul(value, v128.load(rows, 48)));
    rows += bytes;
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}

/** Adds what one voxel of `dy` gives to the voxels under its window. */
function spread(p: usize, z: i32, y: i32, x: i32, values: usize): void {
  const cin = i32At(p, CIN);
  const inD = i32At(p, IN_D);
  const inH = i32At(p, IN_H);
  const inW = i32At(p, IN_W);
  const kernelD = i32At(p, KERNEL_D);
  const kernelH = i32At(p, KERNEL_H);
  const kernelW = i32At(p, KERNEL_W);
  const step = i32At(p, DILATION_W);
  const z0 = z * i32At(p, STRIDE_D) - i32At(p, PAD_D);
  const y0 = y * i32At(p, STRIDE_H) - i32At(p, PAD_H);
  const x0 = x * i32At(p, STRIDE_W) - i32At(p, PAD_W);
  const dx = <usize>i32At(p, DX);
  const row = <usize>(kernelW * cin) << 2;
  for (let kz = 0; kz < kernelD; kz++) {
    const sz = z0 + kz * i32At(p, DILATION_D);
    if (<u32>sz >= <u32>inD) continue;
    for (let ky = 0; ky < kernelH; ky++) {
      const sy = y0 + ky * i32At(p, DILATION_H);
      if (<u32>sy >= <u32>inH) continue;
      let from = values + <usize>(kz * kernelH + ky) * row;
      const line = (sz * inH + sy) * inW;
      for (let kx = 0, sx = x0; kx < kernelW; kx++, sx += step) {
        if (<u32>sx < <u32>inW) {
          const to = dx + (<usize>((line + sx) * cin) << 2);
          for (let c: usize = 0; c < <usize>cin << 2; c += 4) {
            store<f32>(to + c, load<f32>(to + c) + load<f32>(from + c));
          }
        }
        from += <usize>cin << 2;
      }
    }
  }
}

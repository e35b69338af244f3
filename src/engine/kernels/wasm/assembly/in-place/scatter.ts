/**
 * Input gradient of a 3D convolution, channels last: each voxel of `dy` times the filter gives what it adds to every
 * voxel under its window. The way for few input channels, and for windows that do not overlap.
 */
import { Volumes } from '../layout';
import { i32At, madd } from '../simd';

/** Columns of the product that are computed at a time, for four voxels. */
const LANES: i32 = 8;

function columns(p: usize): i32 {
  return i32At(p, Volumes.K_D) * i32At(p, Volumes.K_H) * i32At(p, Volumes.K_W) * i32At(p, Volumes.CIN);
}

function padded(p: usize): i32 {
  return (columns(p) + LANES - 1) & -LANES;
}

/** Voxels of a line, filled up to whole vectors. */
function lineLength(p: usize): i32 {
  return (i32At(p, Volumes.OUT_W) + 3) & -4;
}

/** Bytes of work that {@link scatterGrad} takes: the turned filter and the products of a line. */
export function scatterBytes(p: usize): i32 {
  return (padded(p) * (i32At(p, Volumes.COUT) + lineLength(p))) << 2;
}

/** Adds to the cleared gradient of the input `[d, h, w, cin]`, one sample. */
export function scatterGrad(p: usize, work: usize): void {
  const width = padded(p);
  const cout = i32At(p, Volumes.COUT);
  const outD = i32At(p, Volumes.OUT_D);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const voxel = <usize>cout << 2;
  const block = voxel * <usize>LANES;
  const line = <usize>lineLength(p) << 2;
  const products = work + <usize>width * voxel;
  turnFilter(p, work, width);
  let dy = <usize>i32At(p, Volumes.OUTPUT);
  for (let z = 0; z < outD; z++) {
    for (let y = 0; y < outH; y++) {
      let part = work;
      for (let c = 0; c < width; c += LANES) {
        let out = products + <usize>c * line;
        for (let x = 0; x < outW; x += 4) {
          fourVoxels(dy, x, outW - 1, voxel, part, out, line);
          out += 16;
        }
        part += block;
      }
      scatter(p, z, y, products, line);
      dy += <usize>outW * voxel;
    }
  }
}

/** The filter `[taps * cin, cout]` in blocks `[cout, LANES]` of its columns, the last one filled up with zeros. */
function turnFilter(p: usize, turned: usize, width: i32): void {
  const cout = i32At(p, Volumes.COUT);
  const rows = columns(p);
  memory.fill(turned, 0, <usize>(width * cout) << 2);
  let source = <usize>i32At(p, Volumes.FILTER);
  for (let row = 0; row < rows; row++) {
    const first = (row / LANES) * LANES * cout + (row % LANES);
    for (let o = 0; o < cout; o++) {
      store<f32>(turned + (<usize>(first + o * LANES) << 2), load<f32>(source));
      source += 4;
    }
  }
}

/**
 * `sum_o dy[x][o] * rows[o]` for the voxels x ... x + 3 of a line (its last one again where it ends) and eight
 * columns; written with the voxels fastest.
 */
// @ts-ignore: decorator
@inline
function fourVoxels(
  dy: usize,
  x: i32,
  last: i32,
  voxel: usize,
  rows: usize,
  out: usize,
  line: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  let at = dy + <usize>x * voxel;
  const b = <usize>(min(x + 1, last) - x) * voxel;
  const c = <usize>(min(x + 2, last) - x) * voxel;
  const d = <usize>(min(x + 3, last) - x) * voxel;
  const end = at + voxel;
  for (; at < end; at += 4) {
    const low = v128.load(rows);
    const high = v128.load(rows, 16);
    let value = v128.load_splat<f32>(at);
    a0 = madd(value, low, a0);
    a1 = madd(value, high, a1);
    value = v128.load_splat<f32>(at + b);
    b0 = madd(value, low, b0);
    b1 = madd(value, high, b1);
    value = v128.load_splat<f32>(at + c);
    c0 = madd(value, low, c0);
    c1 = madd(value, high, c1);
    value = v128.load_splat<f32>(at + d);
    d0 = madd(value, low, d0);
    d1 = madd(value, high, d1);
    rows += <usize>LANES << 2;
  }
  turn(a0, b0, c0, d0, out, line);
  turn(a1, b1, c1, d1, out + (line << 2), line);
}

/** Writes the columns of four rows, `line` bytes apart. */
// @ts-ignore: decorator
@inline
function turn(a: v128, b: v128, c: v128, d: v128, out: usize, line: usize): void {
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(out + line, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(out + (line << 1), v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(out + (line << 1) + line, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}

/** Adds what one line of `dy` gives to the lines under its windows. */
function scatter(p: usize, z: i32, y: i32, products: usize, line: usize): void {
  const cin = i32At(p, Volumes.CIN);
  const inD = i32At(p, Volumes.IN_D);
  const inH = i32At(p, Volumes.IN_H);
  const inW = i32At(p, Volumes.IN_W);
  const outW = i32At(p, Volumes.OUT_W);
  const kernelD = i32At(p, Volumes.K_D);
  const kernelH = i32At(p, Volumes.K_H);
  const kernelW = i32At(p, Volumes.K_W);
  const stride = i32At(p, Volumes.SCALE_W);
  const z0 = z * i32At(p, Volumes.SCALE_D) + i32At(p, Volumes.OFFSET_D);
  const y0 = y * i32At(p, Volumes.SCALE_H) + i32At(p, Volumes.OFFSET_H);
  const dx = <usize>i32At(p, Volumes.RESULT);
  for (let kz = 0; kz < kernelD; kz++) {
    const sz = z0 + kz * i32At(p, Volumes.STEP_D);
    if (<u32>sz >= <u32>inD) continue;
    for (let ky = 0; ky < kernelH; ky++) {
      const sy = y0 + ky * i32At(p, Volumes.STEP_H);
      if (<u32>sy >= <u32>inH) continue;
      for (let kx = 0; kx < kernelW; kx++) {
        // Voxel x of the line meets voxel x * stride + shift of the input.
        const shift = kx * i32At(p, Volumes.STEP_W) + i32At(p, Volumes.OFFSET_W);
        const first = shift < 0 ? (stride - 1 - shift) / stride : 0;
        const end = inW > shift ? min(outW, (inW - 1 - shift) / stride + 1) : 0;
        if (first >= end) continue;
        const from = (sz * inH + sy) * inW + first * stride + shift;
        let row = products + <usize>(((kz * kernelH + ky) * kernelW + kx) * cin) * line;
        for (let c = 0; c < cin; c++) {
          const to = dx + (<usize>(from * cin + c) << 2);
          addLine(row + (<usize>first << 2), to, end - first, <usize>(stride * cin) << 2);
          row += line;
        }
      }
    }
  }
}

/** Adds `count` floats to floats `apart` bytes apart. */
// @ts-ignore: decorator
@inline
function addLine(source: usize, target: usize, count: i32, apart: usize): void {
  const end = source + (<usize>count << 2);
  if (apart == 4) {
    for (; source + 16 <= end; source += 16) {
      v128.store(target, f32x4.add(v128.load(target), v128.load(source)));
      target += 16;
    }
  }
  for (; source < end; source += 4) {
    store<f32>(target, load<f32>(target) + load<f32>(source));
    target += apart;
  }
}

/**
 * 3D average pooling of one sample and its gradient, channels last. The
 * mean is over the voxels of a window that are inside; the gradient, as tfjs's, divides by the whole window.
 */
import { Volumes } from '../layout';
import { i32At } from '../simd';
import { listWindow } from './max-pool';
import { lower, upper, wide } from './wide';

/** Up to so many voxels are summed four channels at a time in float32. */
const FEW: i32 = 64;

/** `work` takes four bytes per voxel of a window and, behind them, a double per channel. */
export function avgPool(p: usize, work: usize): void {
  const input = <usize>i32At(p, Volumes.INPUT);
  const bytes = <usize>i32At(p, Volumes.CIN) << 2;
  const voxels = i32At(p, Volumes.OUT_D) * i32At(p, Volumes.OUT_H) * i32At(p, Volumes.OUT_W);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const window = i32At(p, Volumes.K_D) * i32At(p, Volumes.K_H) * i32At(p, Volumes.K_W);
  const sums = work + (<usize>window << 2);
  let out = <usize>i32At(p, Volumes.OUTPUT);
  for (let voxel = 0; voxel < voxels; voxel++) {
    const x = voxel % outW;
    const y = (voxel / outW) % outH;
    const z = voxel / (outW * outH);
    const count = listWindow(p, z, y, x, work);
    if (count <= FEW) meanOfFew(input, work, count, bytes, out);
    else meanOfMany(input, work, count, bytes, sums, out);
    out += bytes;
  }
}

function meanOfFew(input: usize, list: usize, count: i32, bytes: usize, out: usize): void {
  const end = list + (<usize>count << 2);
  const part: f32 = 1 / <f32>count;
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    let sum = f32x4.splat(0);
    for (let at = list; at < end; at += 4) {
      sum = f32x4.add(sum, v128.load(input + <usize>load<u32>(at) + c));
    }
    v128.store(out + c, f32x4.mul(sum, f32x4.splat(part)));
  }
  for (; c < bytes; c += 4) {
    let sum: f32 = 0;
    for (let at = list; at < end; at += 4) sum += load<f32>(input + <usize>load<u32>(at) + c);
    store<f32>(out + c, sum * part);
  }
}

/** In double precision and voxel by voxel, as the voxels lie. */
function meanOfMany(
  input: usize,
  list: usize,
  count: i32,
  bytes: usize,
  sums: usize,
  out: usize,
): void {
  memory.fill(sums, 0, bytes << 1);
  for (let i = 0; i < count; i++) {
    const row = input + <usize>load<u32>(list + (<usize>i << 2));
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const value = v128.load(row + c);
      const at = sums + (c << 1);
      v128.store(at, f64x2.add(v128.load(at), lower(value)));
      v128.store(at, f64x2.add(v128.load(at, 16), upper(value)), 16);
    }
    for (; c < bytes; c += 4) {
      const at = sums + (c << 1);
      store<f64>(at, load<f64>(at) + wide(row + c));
    }
  }
  for (let c: usize = 0; c < bytes; c += 4) {
    store<f32>(out + c, <f32>(load<f64>(sums + (c << 1)) / <f64>count));
  }
}

/** Adds each window's gradient, divided by the window's size, to the cleared gradient of the input. */
export function avgPoolGrad(p: usize, work: usize): void {
  const gradient = <usize>i32At(p, Volumes.RESULT);
  const bytes = <usize>i32At(p, Volumes.CIN) << 2;
  const voxels = i32At(p, Volumes.OUT_D) * i32At(p, Volumes.OUT_H) * i32At(p, Volumes.OUT_W);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const window = i32At(p, Volumes.K_D) * i32At(p, Volumes.K_H) * i32At(p, Volumes.K_W);
  const part: f32 = 1 / <f32>window;
  let dy = <usize>i32At(p, Volumes.OUTPUT);
  for (let voxel = 0; voxel < voxels; voxel++) {
    const x = voxel % outW;
    const y = (voxel / outW) % outH;
    const z = voxel / (outW * outH);
    const end = work + (<usize>listWindow(p, z, y, x, work) << 2);
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const share = f32x4.mul(v128.load(dy + c), f32x4.splat(part));
      for (let at = work; at < end; at += 4) {
        const target = gradient + <usize>load<u32>(at) + c;
        v128.store(target, f32x4.add(v128.load(target), share));
      }
    }
    for (; c < bytes; c += 4) {
      const share = load<f32>(dy + c) * part;
      for (let at = work; at < end; at += 4) {
        const target = gradient + <usize>load<u32>(at) + c;
        store<f32>(target, load<f32>(target) + share);
      }
    }
    dy += bytes;
  }
}

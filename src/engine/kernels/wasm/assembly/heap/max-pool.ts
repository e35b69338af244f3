/**
 * 3D max pooling of one sample and its gradient, channels last. In the gradient exactly one voxel of each
 * window, the first of the largest, receives the value: ties (whole windows of zeros after a ReLU) must
 * not multiply it.
 */
import { i32At } from '../simd';

export const INPUT = 0;
export const OUTPUT = 1;
export const GRADIENT = 2;
export const CHANNELS = 3;
const IN_D = 4;
const IN_H = 5;
const IN_W = 6;
export const OUT_D = 7;
export const OUT_H = 8;
export const OUT_W = 9;
export const WINDOW_D = 10;
export const WINDOW_H = 11;
export const WINDOW_W = 12;
const STRIDE_D = 13;
const STRIDE_H = 14;
const STRIDE_W = 15;
const PAD_D = 16;
const PAD_H = 17;
const PAD_W = 18;
const DILATION_D = 19;
const DILATION_H = 20;
const DILATION_W = 21;

/** Addresses (of channel 0) of the voxels of one window, written to `list`; returns their number. */
export function listWindow(p: usize, z: i32, y: i32, x: i32, list: usize): i32 {
  const channels = i32At(p, CHANNELS);
  const inD = i32At(p, IN_D);
  const inH = i32At(p, IN_H);
  const inW = i32At(p, IN_W);
  const windowD = i32At(p, WINDOW_D);
  const windowH = i32At(p, WINDOW_H);
  const windowW = i32At(p, WINDOW_W);
  const z0 = z * i32At(p, STRIDE_D) - i32At(p, PAD_D);
  const y0 = y * i32At(p, STRIDE_H) - i32At(p, PAD_H);
  const x0 = x * i32At(p, STRIDE_W) - i32At(p, PAD_W);
  let count = 0;
  for (let dz = 0; dz < windowD; dz++) {
    const sz = z0 + dz * i32At(p, DILATION_D);
    if (<u32>sz >= <u32>inD) continue;
    for (let dy = 0; dy < windowH; dy++) {
      const sy = y0 + dy * i32At(p, DILATION_H);
      if (<u32>sy >= <u32>inH) continue;
      for (let dx = 0; dx < windowW; dx++) {
        const sx = x0 + dx * i32At(p, DILATION_W);
        if (<u32>sx >= <u32>inW) continue;
        store<i32>(list + (<usize>count << 2), (((sz * inH + sy) * inW + sx) * channels) << 2);
        count++;
      }
    }
  }
  return count;
}

/** Pools one sample; `scratch` takes four bytes per voxel of a window. */
export function maxPool(p: usize, scratch: usize): void {
  const input = <usize>i32At(p, INPUT);
  const bytes = <usize>i32At(p, CHANNELS) << 2;
  const outH = i32At(p, OUT_H);
  const outW = i32At(p, OUT_W);
  const outD = i32At(p, OUT_D);
  for (let z = 0; z < outD; z++) {
    for (let y = 0; y < outH; y++) {
      for (let x = 0; x < outW; x++) {
        const out = <usize>i32At(p, OUTPUT) + <usize>((z * outH + y) * outW + x) * bytes;
        const count = listWindow(p, z, y, x, scratch);
        const end = scratch + (<usize>count << 2);
        let c: usize = 0;
        for (; c + 16 <= bytes; c += 16) {
          let best = v128.load(input + <usize>load<i32>(scratch) + c);
          for (let at = scratch + 4; at < end; at += 4) {
            best = f32x4.max(best, v128.load(input + <usize>load<i32>(at) + c));
          }
          v128.store(out + c, best);
        }
        for (; c < bytes; c += 4) {
          let best = load<f32>(input + <usize>load<i32>(scratch) + c);
          for (let at = scratch + 4; at < end; at += 4) {
            best = max<f32>(best, load<f32>(input + <usize>load<i32>(at) + c));
          }
          store<f32>(out + c, best);
        }
      }
    }
  }
}

/** Adds the gradient of one sample into the cleared input gradient. */
export function maxPoolGrad(p: usize, scratch: usize): void {
  const input = <usize>i32At(p, INPUT);
  const gradient = <usize>i32At(p, GRADIENT);
  const bytes = <usize>i32At(p, CHANNELS) << 2;
  const outH = i32At(p, OUT_H);
  const outW = i32At(p, OUT_W);
  const outD = i32At(p, OUT_D);
  for (let z = 0; z < outD; z++) {
    for (let y = 0; y < outH; y++) {
      for (let x = 0; x < outW; x++) {
        const dy = <usize>i32At(p, OUTPUT) + <usize>((z * outH + y) * outW + x) * bytes;
        const count = listWindow(p, z, y, x, scratch);
        const end = scratch + (<usize>count << 2);
        let c: usize = 0;
        for (; c + 16 <= bytes; c += 16) {
          let winner = i32x4.splat(load<i32>(scratch));
          let best = v128.load(input + <usize>load<i32>(scratch) + c);
          for (let at = scratch + 4; at < end; at += 4) {
            const offset = load<i32>(at);
            const value = v128.load(input + <usize>offset + c);
            const larger = f32x4.gt(value, best);
            best = v128.bitselect(value, best, larger);
            winner = v128.bitselect(i32x4.splat(offset), winner, larger);
          }
          addTo(gradient + <usize>i32x4.extract_lane(winner, 0) + c, dy + c);
          addTo(gradient + <usize>i32x4.extract_lane(winner, 1) + c + 4, dy + c + 4);
          addTo(gradient + <usize>i32x4.extract_lane(winner, 2) + c + 8, dy + c + 8);
          addTo(gradient + <usize>i32x4.extract_lane(winner, 3) + c + 12, dy + c + 12);
        }
        for (; c < bytes; c += 4) {
          let winner = load<i32>(scratch);
          let best = load<f32>(input + <usize>winner + c);
          for (let at = scratch + 4; at < end; at += 4) {
            const value = load<f32>(input + <usize>load<i32>(at) + c);
            if (value > best) {
              best = value;
              winner = load<i32>(at);
            }
          }
          addTo(gradient + <usize>winner + c, dy + c);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addTo(target: usize, source: usize): void {
  store<f32>(target, load<f32>(target) + load<f32>(source));
}

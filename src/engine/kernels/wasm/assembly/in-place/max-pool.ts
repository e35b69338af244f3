/**
 * 3D max pooling of one sample and its gradient, channels last. In the gradient exactly one voxel of each
 * window, the first of the largest, receives the value: ties (whole windows of zeros after a ReLU) must
 * not multiply it.
 */
import { Volumes } from '../layout';
import { i32At } from '../simd';

/** Addresses (of channel 0) of the voxels of one window, written to `list`; returns their number. */
export function listWindow(p: usize, z: i32, y: i32, x: i32, list: usize): i32 {
  const channels = i32At(p, Volumes.CIN);
  const inD = i32At(p, Volumes.IN_D);
  const inH = i32At(p, Volumes.IN_H);
  const inW = i32At(p, Volumes.IN_W);
  const windowD = i32At(p, Volumes.K_D);
  const windowH = i32At(p, Volumes.K_H);
  const windowW = i32At(p, Volumes.K_W);
  const z0 = z * i32At(p, Volumes.SCALE_D) + i32At(p, Volumes.OFFSET_D);
  const y0 = y * i32At(p, Volumes.SCALE_H) + i32At(p, Volumes.OFFSET_H);
  const x0 = x * i32At(p, Volumes.SCALE_W) + i32At(p, Volumes.OFFSET_W);
  let count = 0;
  for (let dz = 0; dz < windowD; dz++) {
    const sz = z0 + dz * i32At(p, Volumes.STEP_D);
    if (<u32>sz >= <u32>inD) continue;
    for (let dy = 0; dy < windowH; dy++) {
      const sy = y0 + dy * i32At(p, Volumes.STEP_H);
      if (<u32>sy >= <u32>inH) continue;
      for (let dx = 0; dx < windowW; dx++) {
        const sx = x0 + dx * i32At(p, Volumes.STEP_W);
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
  const input = <usize>i32At(p, Volumes.INPUT);
  const bytes = <usize>i32At(p, Volumes.CIN) << 2;
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const outD = i32At(p, Volumes.OUT_D);
  for (let z = 0; z < outD; z++) {
    for (let y = 0; y < outH; y++) {
      for (let x = 0; x < outW; x++) {
        const out = <usize>i32At(p, Volumes.OUTPUT) + <usize>((z * outH + y) * outW + x) * bytes;
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
  const input = <usize>i32At(p, Volumes.INPUT);
  const gradient = <usize>i32At(p, Volumes.RESULT);
  const bytes = <usize>i32At(p, Volumes.CIN) << 2;
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const outD = i32At(p, Volumes.OUT_D);
  for (let z = 0; z < outD; z++) {
    for (let y = 0; y < outH; y++) {
      for (let x = 0; x < outW; x++) {
        const dy = <usize>i32At(p, Volumes.OUTPUT) + <usize>((z * outH + y) * outW + x) * bytes;
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

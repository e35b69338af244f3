/**
 * Convolution in which every channel has one filter of its own, one sample, channels last; its input gradient is one,
 * too (`Geometry`). Filter `[taps, channels]`.
 */
import { Volumes } from '../layout';
import { i32At, madd } from '../simd';

/** Source index along one axis, or -1 outside or between the strides. */
// @ts-ignore: decorator
@inline
function source(at: i32, divisor: i32, size: i32): i32 {
  if (at < 0 || at % divisor != 0) return -1;
  at /= divisor;
  return at < size ? at : -1;
}

/** `work` takes eight bytes per tap. */
export function depthwise(p: usize, work: usize): void {
  const bytes = <usize>i32At(p, Volumes.CIN) << 2;
  const outD = i32At(p, Volumes.OUT_D);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const bias = <usize>i32At(p, Volumes.BIAS);
  let out = <usize>i32At(p, Volumes.OUTPUT);
  for (let z = 0; z < outD; z++) {
    for (let y = 0; y < outH; y++) {
      for (let x = 0; x < outW; x++) {
        const end = listTaps(p, z, y, x, work);
        let c: usize = 0;
        for (; c + 16 <= bytes; c += 16) {
          let sum = bias ? v128.load(bias + c) : f32x4.splat(0);
          for (let tap = work; tap < end; tap += 8) {
            const value = v128.load(<usize>load<u32>(tap) + c);
            sum = madd(value, v128.load(<usize>load<u32>(tap, 4) + c), sum);
          }
          v128.store(out + c, sum);
        }
        for (; c < bytes; c += 4) {
          let sum: f32 = bias ? load<f32>(bias + c) : 0;
          for (let tap = work; tap < end; tap += 8) {
            sum += load<f32>(<usize>load<u32>(tap) + c) * load<f32>(<usize>load<u32>(tap, 4) + c);
          }
          store<f32>(out + c, sum);
        }
        out += bytes;
      }
    }
  }
}

/** Addresses of the voxel and the row of the filter of each tap that lies inside; returns the end of the list. */
function listTaps(p: usize, z: i32, y: i32, x: i32, list: usize): usize {
  const input = <usize>i32At(p, Volumes.INPUT);
  const filter = <usize>i32At(p, Volumes.FILTER);
  const bytes = <usize>i32At(p, Volumes.CIN) << 2;
  const inD = i32At(p, Volumes.IN_D);
  const inH = i32At(p, Volumes.IN_H);
  const inW = i32At(p, Volumes.IN_W);
  const kD = i32At(p, Volumes.K_D);
  const kH = i32At(p, Volumes.K_H);
  const kW = i32At(p, Volumes.K_W);
  const z0 = z * i32At(p, Volumes.SCALE_D) + i32At(p, Volumes.OFFSET_D);
  const y0 = y * i32At(p, Volumes.SCALE_H) + i32At(p, Volumes.OFFSET_H);
  const x0 = x * i32At(p, Volumes.SCALE_W) + i32At(p, Volumes.OFFSET_W);
  let tap: usize = 0;
  for (let kz = 0; kz < kD; kz++) {
    const sz = source(z0 + kz * i32At(p, Volumes.STEP_D), i32At(p, Volumes.DIVISOR_D), inD);
    for (let ky = 0; ky < kH; ky++) {
      const sy = sz < 0 ? -1 : source(y0 + ky * i32At(p, Volumes.STEP_H), i32At(p, Volumes.DIVISOR_H), inH);
      for (let kx = 0; kx < kW; kx++, tap++) {
        const sx = sy < 0 ? -1 : source(x0 + kx * i32At(p, Volumes.STEP_W), i32At(p, Volumes.DIVISOR_W), inW);
        if (sx < 0) continue;
        store<u32>(list, <u32>(input + <usize>((sz * inH + sy) * inW + sx) * bytes));
        store<u32>(list, <u32>(filter + tap * bytes), 4);
        list += 8;
      }
    }
  }
  return list;
}

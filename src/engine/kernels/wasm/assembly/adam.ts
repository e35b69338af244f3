/**
 * One step of Adam (Kingma & Ba 2015) on weights, moments and gradients side by side, in one pass. Written
 * without fused multiply-adds, so that it gives the bits of the separate operations.
 */
import { Adam, ADAM_FLOATS } from './layout';
import { i32At } from './simd';

// @ts-ignore: decorator
@inline
function parameter(p: usize, index: i32): v128 {
  return v128.load_splat<f32>(p + (<usize>index << 2));
}

/** Updates the weights `task * 16384 ...`. */
export function adam(p: usize, task: i32): void {
  const first = task * ADAM_FLOATS;
  const from = <usize>first << 2;
  const end = <usize>min(first + ADAM_FLOATS, i32At(p, Adam.LENGTH)) << 2;
  const w = <usize>i32At(p, Adam.WEIGHTS);
  const m = <usize>i32At(p, Adam.FIRST);
  const v = <usize>i32At(p, Adam.SECOND);
  const g = <usize>i32At(p, Adam.GRADIENT);
  const beta1 = parameter(p, Adam.BETA1);
  const rest1 = parameter(p, Adam.REST1);
  const beta2 = parameter(p, Adam.BETA2);
  const rest2 = parameter(p, Adam.REST2);
  const scale = parameter(p, Adam.SCALE);
  const epsilon = parameter(p, Adam.EPSILON);
  let at = from;
  for (; at + 16 <= end; at += 16) {
    const slope = v128.load(g + at);
    const mean = f32x4.add(f32x4.mul(v128.load(m + at), beta1), f32x4.mul(slope, rest1));
    const square = f32x4.mul(f32x4.mul(slope, slope), rest2);
    const variance = f32x4.add(f32x4.mul(v128.load(v + at), beta2), square);
    const step = f32x4.div(f32x4.mul(mean, scale), f32x4.add(f32x4.sqrt(variance), epsilon));
    v128.store(m + at, mean);
    v128.store(v + at, variance);
    v128.store(w + at, f32x4.sub(v128.load(w + at), step));
  }
  rest(p, at, end);
}

/** The weights from `at` on that fill no vector. */
function rest(p: usize, at: usize, end: usize): void {
  const w = <usize>i32At(p, Adam.WEIGHTS);
  const m = <usize>i32At(p, Adam.FIRST);
  const v = <usize>i32At(p, Adam.SECOND);
  const g = <usize>i32At(p, Adam.GRADIENT);
  for (; at < end; at += 4) {
    const slope = load<f32>(g + at);
    const mean = load<f32>(m + at) * one(p, Adam.BETA1) + slope * one(p, Adam.REST1);
    const variance = load<f32>(v + at) * one(p, Adam.BETA2) + slope * slope * one(p, Adam.REST2);
    store<f32>(m + at, mean);
    store<f32>(v + at, variance);
    store<f32>(w + at, load<f32>(w + at) - (mean * one(p, Adam.SCALE)) / (sqrt<f32>(variance) + one(p, Adam.EPSILON)));
  }
}

// @ts-ignore: decorator
@inline
function one(p: usize, index: i32): f32 {
  return load<f32>(p + (<usize>index << 2));
}

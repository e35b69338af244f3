/**
 * One step of Adam (Kingma & Ba 2015) on weights, moments and gradients side by side, in one pass. Written
 * without fused multiply-adds, so that it gives the bits of the separate operations.
 */
import { i32At } from './simd';

const WEIGHTS = 0;
const FIRST = 1;
const SECOND = 2;
const GRADIENT = 3;
const LENGTH = 4;
/** Bits of the float parameters. */
const BETA1 = 5;
const REST1 = 6;
const BETA2 = 7;
const REST2 = 8;
const SCALE = 9;
const EPSILON = 10;

const TASK_FLOATS: i32 = 16384;

// @ts-ignore: decorator
@inline
function parameter(p: usize, index: i32): v128 {
  return v128.load_splat<f32>(p + (<usize>index << 2));
}

/** Updates the weights `task * 16384 ...`; arrays are padded to whole vectors. */
export function adam(p: usize, task: i32): void {
  const first = task * TASK_FLOATS;
  const from = <usize>first << 2;
  const end = <usize>min(first + TASK_FLOATS, i32At(p, LENGTH)) << 2;
  const w = <usize>i32At(p, WEIGHTS);
  const m = <usize>i32At(p, FIRST);
  const v = <usize>i32At(p, SECOND);
  const g = <usize>i32At(p, GRADIENT);
  const beta1 = parameter(p, BETA1);
  const rest1 = parameter(p, REST1);
  const beta2 = parameter(p, BETA2);
  const rest2 = parameter(p, REST2);
  const scale = parameter(p, SCALE);
  const epsilon = parameter(p, EPSILON);
  for (let at = from; at < end; at += 16) {
    const slope = v128.load(g + at);
    const mean = f32x4.add(f32x4.mul(v128.load(m + at), beta1), f32x4.mul(slope, rest1));
    const square = f32x4.mul(f32x4.mul(slope, slope), rest2);
    const variance = f32x4.add(f32x4.mul(v128.load(v + at), beta2), square);
    const step = f32x4.div(f32x4.mul(mean, scale), f32x4.add(f32x4.sqrt(variance), epsilon));
    v128.store(m + at, mean);
    v128.store(v + at, variance);
    v128.store(w + at, f32x4.sub(v128.load(w + at), step));
  }
}

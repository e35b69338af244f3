/** `a * b + c` per lane: one rounding where relaxed SIMD gives a fused multiply-add, two elsewhere. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline
export function i32At(base: usize, index: i32): i32 {
  return load<i32>(base + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
export function activate(value: v128, activation: i32): v128 {
  return activation == 1 ? f32x4.max(value, f32x4.splat(0)) : value;
}

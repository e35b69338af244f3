/** Products of one or a few rows with a matrix, which is read once and where it lies. */

import { madd } from '../simd';

/** Rows of the matrix whose products are summed before they join the total: keeps the rounding small. */
const BLOCK: i32 = 64;

// @ts-ignore: decorator
@inline
function horizontal(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** `y [m, n] = a [m, k] * b [k, n]`, rows of a `stride` floats apart; `work` holds `n` floats. */
export function rowsTimes(
  a: usize,
  b: usize,
  y: usize,
  m: i32,
  k: i32,
  n: i32,
  stride: i32,
  work: usize,
): void {
  const bytes = <usize>n << 2;
  memory.fill(y, 0, <usize>m * bytes);
  for (let first = 0; first < k; first += BLOCK) {
    const count = min(BLOCK, k - first);
    for (let row = 0; row < m; row++) {
      memory.fill(work, 0, bytes);
      const x = a + ((<usize>row * <usize>stride + <usize>first) << 2);
      // Row by row, since memory is fastest when it is read as it lies.
      for (let i = 0; i < count; i++) {
        addOne(load<f32>(x + (<usize>i << 2)), b + <usize>i * bytes, bytes, work);
      }
      addOne(1, work, bytes, y + <usize>row * bytes);
    }
    b += <usize>count * bytes;
  }
}

/** Adds a row of `bytes` bytes, `x` times, to `sums`. */
// @ts-ignore: decorator
@inline
function addOne(x: f32, row: usize, bytes: usize, sums: usize): void {
  const factor = f32x4.splat(x);
  let c: usize = 0;
  for (; c + 64 <= bytes; c += 64) {
    const from = row + c;
    const to = sums + c;
    v128.store(to, madd(factor, v128.load(from), v128.load(to)));
    v128.store(to, madd(factor, v128.load(from, 16), v128.load(to, 16)), 16);
    v128.store(to, madd(factor, v128.load(from, 32), v128.load(to, 32)), 32);
    v128.store(to, madd(factor, v128.load(from, 48), v128.load(to, 48)), 48);
  }
  for (; c < bytes; c += 4) store<f32>(sums + c, load<f32>(sums + c) + x * load<f32>(row + c));
}

/** `y [m, n] = a [m, k] * b' ` for b `[n, k]`, rows of y `stride` floats apart. */
export function rowsTimesTransposed(a: usize, b: usize, y: usize, m: i32, k: i32, n: i32, stride: i32): void {
  const bytes = <usize>k << 2;
  for (let column = 0; column < n; column++) {
    let x = a;
    let out = y + (<usize>column << 2);
    for (let row = 0; row < m; row++) {
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      let i: usize = 0;
      for (; i + 64 <= bytes; i += 64) {
        const p = x + i;
        const q = b + i;
        s0 = madd(v128.load(p), v128.load(q), s0);
        s1 = madd(v128.load(p, 16), v128.load(q, 16), s1);
        s2 = madd(v128.load(p, 32), v128.load(q, 32), s2);
        s3 = madd(v128.load(p, 48), v128.load(q, 48), s3);
      }
      let sum = horizontal(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
      for (; i < bytes; i += 4) sum += load<f32>(x + i) * load<f32>(b + i);
      store<f32>(out, sum);
      x += bytes;
      out += <usize>stride << 2;
    }
    b += bytes;
  }
}

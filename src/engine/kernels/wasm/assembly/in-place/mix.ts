import { madd } from '../simd';

/**
 * Rows of `columns` floats that are sums of few rows of x, `[outer, rows, columns]` to `[outer, out, columns]`: row o of
 * the taps `[starts[o], starts[o + 1])`, each the number of a row of x and its weight.
 */
export function mixRows(
  x: usize,
  y: usize,
  outer: i32,
  rows: i32,
  out: i32,
  columns: i32,
  starts: usize,
  sources: usize,
  weights: usize,
): void {
  const bytes = <usize>columns << 2;
  for (let n = 0; n < outer; n++) {
    for (let o: usize = 0; o < <usize>out; o++) {
      const first = <usize>load<i32>(starts + (o << 2)) << 2;
      const end = <usize>load<i32>(starts + (o << 2), 4) << 2;
      let c: usize = 0;
      for (; c + 16 <= bytes; c += 16) {
        let sum = f32x4.splat(0);
        for (let tap = first; tap < end; tap += 4) {
          const from = x + <usize>load<i32>(sources + tap) * bytes + c;
          sum = madd(v128.load_splat<f32>(weights + tap), v128.load(from), sum);
        }
        v128.store(y + c, sum);
      }
      for (; c < bytes; c += 4) {
        let sum: f32 = 0;
        for (let tap = first; tap < end; tap += 4) {
          sum += load<f32>(weights + tap) * load<f32>(x + <usize>load<i32>(sources + tap) * bytes + c);
        }
        store<f32>(y + c, sum);
      }
      y += bytes;
    }
    x += <usize>rows * bytes;
  }
}

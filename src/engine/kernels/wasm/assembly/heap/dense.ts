/** Products of one or a few rows with a matrix, which is read once and where it lies. */

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

/** `y [m, n] = a [m, k] * b [k, n]`; `work` holds `n` floats. */
export function rowsTimes(
  a: usize,
  b: usize,
  y: usize,
  m: i32,
  k: i32,
  n: i32,
  work: usize,
): void {
  const bytes = <usize>n << 2;
  memory.fill(y, 0, <usize>m * bytes);
  for (let first = 0; first < k; first += BLOCK) {
    const count = min(BLOCK, k - first);
    for (let row = 0; row < m; row++) {
      memory.fill(work, 0, bytes);
      const x = a + ((<usize>row * <usize>k + <usize>first) << 2);
      let i = 0;
      for (; i + 4 <= count; i += 4) {
        addFour(x + (<usize>i << 2), b + <usize>i * bytes, bytes, work);
      }
      for (; i < count; i++) {
        addOne(load<f32>(x + (<usize>i << 2)), b + <usize>i * bytes, bytes, work);
      }
      addOne(1, work, bytes, y + <usize>row * bytes);
    }
    b += <usize>count * bytes;
  }
}

/** Adds four rows of `bytes` bytes, weighted by the four floats at `x`, to `sums`. */
// @ts-ignore: decorator
@inline
function addFour(x: usize, rows: usize, bytes: usize, sums: usize): void {
  const x0 = v128.load_splat<f32>(x);
  const x1 = v128.load_splat<f32>(x, 4);
  const x2 = v128.load_splat<f32>(x, 8);
  const x3 = v128.load_splat<f32>(x, 12);
  const row1 = rows + bytes;
  const row2 = row1 + bytes;
  const row3 = row2 + bytes;
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    const low = f32x4.add(
      f32x4.mul(x0, v128.load(rows + c)),
      f32x4.mul(x1, v128.load(row1 + c)),
    );
    const high = f32x4.add(
      f32x4.mul(x2, v128.load(row2 + c)),
      f32x4.mul(x3, v128.load(row3 + c)),
    );
    v128.store(sums + c, f32x4.add(v128.load(sums + c), f32x4.add(low, high)));
  }
  for (; c < bytes; c += 4) {
    const low = load<f32>(x) * load<f32>(rows + c) + load<f32>(x, 4) * load<f32>(row1 + c);
    const high = load<f32>(x, 8) * load<f32>(row2 + c) + load<f32>(x, 12) * load<f32>(row3 + c);
    store<f32>(sums + c, load<f32>(sums + c) + (low + high));
  }
}

// @ts-ignore: decorator
@inline
function addOne(x: f32, row: usize, bytes: usize, sums: usize): void {
  const factor = f32x4.splat(x);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    v128.store(sums + c, f32x4.add(v128.load(sums + c), f32x4.mul(factor, v128.load(row + c))));
  }
  for (; c < bytes; c += 4) store<f32>(sums + c, load<f32>(sums + c) + x * load<f32>(row + c));
}

/** `y [m, n] = a [m, k] * b' ` for b `[n, k]`. */
export function rowsTimesTransposed(a: usize, b: usize, y: usize, m: i32, k: i32, n: i32): void {
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
        s0 = f32x4.add(s0, f32x4.mul(v128.load(p), v128.load(q)));
        s1 = f32x4.add(s1, f32x4.mul(v128.load(p, 16), v128.load(q, 16)));
        s2 = f32x4.add(s2, f32x4.mul(v128.load(p, 32), v128.load(q, 32)));
        s3 = f32x4.add(s3, f32x4.mul(v128.load(p, 48), v128.load(q, 48)));
      }
      let sum = horizontal(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
      for (; i < bytes; i += 4) sum += load<f32>(x + i) * load<f32>(b + i);
      store<f32>(out, sum);
      x += bytes;
      out += <usize>n << 2;
    }
    b += bytes;
  }
}

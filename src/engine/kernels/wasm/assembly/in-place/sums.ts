import { across, lower, upper, wide } from './wide';

/** Rows summed before the next four columns are: they stay in the nearest cache. */
const BLOCK: i32 = 32;

/** Adds `rows` rows of `columns` floats to the doubles at `sums`, `[columns]`. */
export function addRows(x: usize, rows: i32, columns: i32, sums: usize): void {
  const stride = <usize>columns << 2;
  for (let first = 0; first < rows; first += BLOCK) {
    const count = min(BLOCK, rows - first);
    let c = 0;
    for (; c + 4 <= columns; c += 4) {
      const total = sums + (<usize>c << 3);
      let low = v128.load(total);
      let high = v128.load(total, 16);
      let at = x + (<usize>c << 2);
      for (let row = 0; row < count; row++) {
        const value = v128.load(at);
        low = f64x2.add(low, lower(value));
        high = f64x2.add(high, upper(value));
        at += stride;
      }
      v128.store(total, low);
      v128.store(total, high, 16);
    }
    for (; c < columns; c++) {
      let sum = load<f64>(sums + (<usize>c << 3));
      let at = x + (<usize>c << 2);
      for (let row = 0; row < count; row++) {
        sum += wide(at);
        at += stride;
      }
      store<f64>(sums + (<usize>c << 3), sum);
    }
    x += <usize>count * stride;
  }
}

/** Sum of `count` floats. */
function addAll(x: usize, count: i32): f64 {
  const end = x + (<usize>count << 2);
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  for (; x + 32 <= end; x += 32) {
    const one = v128.load(x);
    const two = v128.load(x, 16);
    a = f64x2.add(a, lower(one));
    b = f64x2.add(b, upper(one));
    c = f64x2.add(c, lower(two));
    d = f64x2.add(d, upper(two));
  }
  let sum = across(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
  for (; x < end; x += 4) sum += wide(x);
  return sum;
}

/** Sums of `rows` rows of `columns` floats, to the doubles at `sums`. */
export function partialSums(x: usize, rows: i32, columns: i32, sums: usize): void {
  if (columns == 1) {
    store<f64>(sums, addAll(x, rows));
    return;
  }
  memory.fill(sums, 0, <usize>columns << 3);
  addRows(x, rows, columns, sums);
}

/** `y [outer, columns] = factor * sum of x [outer, rows, columns]` over its rows; `work` holds `columns` doubles. */
export function sumRows(
  x: usize,
  y: usize,
  outer: i32,
  rows: i32,
  columns: i32,
  factor: f64,
  work: usize,
): void {
  for (let i = 0; i < outer; i++) {
    partialSums(x, rows, columns, work);
    for (let c = 0; c < columns; c++) {
      store<f32>(y + (<usize>c << 2), <f32>(load<f64>(work + (<usize>c << 3)) * factor));
    }
    x += (<usize>rows * <usize>columns) << 2;
    y += <usize>columns << 2;
  }
}

/**
 * What normalisations and affine maps do to `rows` rows of `channels` floats: sums over the rows, and maps that differ
 * from channel to channel.
 */
import { lower, upper, wide } from './wide';

/** Rows summed before the next four channels are: they stay in the nearest cache. */
const BLOCK: i32 = 32;

/** Sums over the rows, `sum a` and behind them `sum a * b`, as doubles at `sums`, `[2, channels]`. */
export function channelDots(a: usize, b: usize, rows: i32, channels: i32, sums: usize): void {
  const stride = <usize>channels << 2;
  const second = stride << 1;
  memory.fill(sums, 0, second << 1);
  for (let first = 0; first < rows; first += BLOCK) {
    const count = min(BLOCK, rows - first);
    let c: usize = 0;
    for (; c + 16 <= stride; c += 16) {
      const total = sums + (c << 1);
      let low = v128.load(total);
      let high = v128.load(total, 16);
      let lowDots = v128.load(total + second);
      let highDots = v128.load(total + second, 16);
      let at = c;
      for (let row = 0; row < count; row++) {
        const x = v128.load(a + at);
        const y = v128.load(b + at);
        const lowX = lower(x);
        const highX = upper(x);
        low = f64x2.add(low, lowX);
        high = f64x2.add(high, highX);
        lowDots = f64x2.add(lowDots, f64x2.mul(lowX, lower(y)));
        highDots = f64x2.add(highDots, f64x2.mul(highX, upper(y)));
        at += stride;
      }
      v128.store(total, low);
      v128.store(total, high, 16);
      v128.store(total + second, lowDots);
      v128.store(total + second, highDots, 16);
    }
    for (; c < stride; c += 4) {
      const total = sums + (c << 1);
      let sum = load<f64>(total);
      let dots = load<f64>(total + second);
      let at = c;
      for (let row = 0; row < count; row++) {
        const x = wide(a + at);
        sum += x;
        dots += x * wide(b + at);
        at += stride;
      }
      store<f64>(total, sum);
      store<f64>(total + second, dots);
    }
    a += <usize>count * stride;
    b += <usize>count * stride;
  }
}

/**
 * `y = (x - mean) * scale + shift` for each channel by itself. The mean is taken off first: as one product and sum,
 * values whose mean is large beside their deviation would lose digits.
 */
export function normalizeChannels(
  x: usize,
  y: usize,
  mean: usize,
  scale: usize,
  shift: usize,
  rows: i32,
  channels: i32,
): void {
  const bytes = <usize>channels << 2;
  for (let row = 0; row < rows; row++) {
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(mean + c));
      const scaled = f32x4.mul(centred, v128.load(scale + c));
      v128.store(y + c, f32x4.add(scaled, v128.load(shift + c)));
    }
    for (; c < bytes; c += 4) {
      const centred = load<f32>(x + c) - load<f32>(mean + c);
      store<f32>(y + c, centred * load<f32>(scale + c) + load<f32>(shift + c));
    }
    x += bytes;
    y += bytes;
  }
}

/** `out = a * left + b * right + c`, the factors `[3, channels]` at `factors`. */
export function mixChannels(
  left: usize,
  right: usize,
  out: usize,
  factors: usize,
  rows: i32,
  channels: i32,
): void {
  const bytes = <usize>channels << 2;
  const second = factors + bytes;
  const third = second + bytes;
  for (let row = 0; row < rows; row++) {
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const one = f32x4.mul(v128.load(left + c), v128.load(factors + c));
      const two = f32x4.mul(v128.load(right + c), v128.load(second + c));
      v128.store(out + c, f32x4.add(f32x4.add(one, two), v128.load(third + c)));
    }
    for (; c < bytes; c += 4) {
      const one = load<f32>(left + c) * load<f32>(factors + c);
      store<f32>(out + c, one + load<f32>(right + c) * load<f32>(second + c) + load<f32>(third + c));
    }
    left += bytes;
    right += bytes;
    out += bytes;
  }
}

/**
 * What normalisations and affine maps do to `rows` rows of `channels` floats: sums over the rows, and maps that differ
 * from channel to channel.
 */
import { lower, upper, wide } from './wide';

/** Rows summed before the next four channels are: they stay in the nearest cache. */
const BLOCK: i32 = 32;

/**
 * `y = rectify((x - mean) * scale + shift)` for each channel by itself, with the slope below 0 of a (leaky) ReLU; 1 is that
 * of the identity. The mean is taken off first: as one product and sum, values whose mean is large beside their
 * deviation would lose digits.
 */
export function normalizeChannels(
  x: usize,
  y: usize,
  mean: usize,
  scale: usize,
  shift: usize,
  rows: i32,
  channels: i32,
  slope: f32,
): void {
  const bytes = <usize>channels << 2;
  const slopes = f32x4.splat(slope);
  for (let row = 0; row < rows; row++) {
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const value = affine(x + c, mean + c, scale + c, shift + c);
      const above = f32x4.gt(value, f32x4.splat(0));
      v128.store(y + c, v128.bitselect(value, f32x4.mul(value, slopes), above));
    }
    for (; c < bytes; c += 4) {
      const value = affineOne(x + c, mean + c, scale + c, shift + c);
      store<f32>(y + c, value > 0 ? value : value * slope);
    }
    x += bytes;
    y += bytes;
  }
}

// @ts-ignore: decorator
@inline
function affine(x: usize, mean: usize, scale: usize, shift: usize): v128 {
  const centred = f32x4.sub(v128.load(x), v128.load(mean));
  return f32x4.add(f32x4.mul(centred, v128.load(scale)), v128.load(shift));
}

// @ts-ignore: decorator
@inline
function affineOne(x: usize, mean: usize, scale: usize, shift: usize): f32 {
  return (load<f32>(x) - load<f32>(mean)) * load<f32>(scale) + load<f32>(shift);
}

/** `dy`, times the slope where what {@link normalizeChannels} makes of x is not above 0. */
// @ts-ignore: decorator
@inline
function behind(dy: usize, x: usize, mean: usize, scale: usize, shift: usize, slopes: v128): v128 {
  const g = v128.load(dy);
  const above = f32x4.gt(affine(x, mean, scale, shift), f32x4.splat(0));
  return v128.bitselect(g, f32x4.mul(g, slopes), above);
}

// @ts-ignore: decorator
@inline
function behindOne(dy: usize, x: usize, mean: usize, scale: usize, shift: usize, slope: f32): f32 {
  const g = load<f32>(dy);
  return affineOne(x, mean, scale, shift) > 0 ? g : g * slope;
}

/** Sums over the rows, `sum a` and behind them `sum a * b`, as doubles at `sums`, `[2, channels]`. */
export function channelDots(a: usize, b: usize, rows: i32, channels: i32, sums: usize): void {
  dots(false, a, b, 0, 0, 0, 1, rows, channels, sums);
}

/** {@link channelDots} of the gradient dy behind the rectifier of {@link normalizeChannels}, taken in front of it, and x. */
export function rectifiedDots(
  dy: usize,
  x: usize,
  mean: usize,
  scale: usize,
  shift: usize,
  slope: f32,
  rows: i32,
  channels: i32,
  sums: usize,
): void {
  dots(true, dy, x, mean, scale, shift, slope, rows, channels, sums);
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
  mix(false, left, right, out, factors, 0, 0, 0, 1, rows, channels);
}

/** {@link mixChannels} of the gradient dy behind the rectifier of {@link normalizeChannels}, taken in front of it, and x. */
export function rectifiedMix(
  dy: usize,
  x: usize,
  out: usize,
  factors: usize,
  mean: usize,
  scale: usize,
  shift: usize,
  slope: f32,
  rows: i32,
  channels: i32,
): void {
  mix(true, dy, x, out, factors, mean, scale, shift, slope, rows, channels);
}

/** Of a as it is, or where `rectified` as a gradient behind a rectifier: inlined, the choice costs nothing. */
// @ts-ignore: decorator
@inline
function dots(
  rectified: bool,
  a: usize,
  b: usize,
  mean: usize,
  scale: usize,
  shift: usize,
  slope: f32,
  rows: i32,
  channels: i32,
  sums: usize,
): void {
  const stride = <usize>channels << 2;
  const second = stride << 1;
  const slopes = f32x4.splat(slope);
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
        const x = rectified ? behind(a + at, b + at, mean + c, scale + c, shift + c, slopes) : v128.load(a + at);
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
      let products = load<f64>(total + second);
      let at = c;
      for (let row = 0; row < count; row++) {
        const x = <f64>(rectified ? behindOne(a + at, b + at, mean + c, scale + c, shift + c, slope) : load<f32>(a + at));
        sum += x;
        products += x * wide(b + at);
        at += stride;
      }
      store<f64>(total, sum);
      store<f64>(total + second, products);
    }
    a += <usize>count * stride;
    b += <usize>count * stride;
  }
}

// @ts-ignore: decorator
@inline
function mix(
  rectified: bool,
  left: usize,
  right: usize,
  out: usize,
  factors: usize,
  mean: usize,
  scale: usize,
  shift: usize,
  slope: f32,
  rows: i32,
  channels: i32,
): void {
  const bytes = <usize>channels << 2;
  const second = factors + bytes;
  const third = second + bytes;
  const slopes = f32x4.splat(slope);
  for (let row = 0; row < rows; row++) {
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const x = rectified ? behind(left + c, right + c, mean + c, scale + c, shift + c, slopes) : v128.load(left + c);
      const one = f32x4.mul(x, v128.load(factors + c));
      const two = f32x4.mul(v128.load(right + c), v128.load(second + c));
      v128.store(out + c, f32x4.add(f32x4.add(one, two), v128.load(third + c)));
    }
    for (; c < bytes; c += 4) {
      const x = rectified ? behindOne(left + c, right + c, mean + c, scale + c, shift + c, slope) : load<f32>(left + c);
      const one = x * load<f32>(factors + c);
      store<f32>(out + c, one + load<f32>(right + c) * load<f32>(second + c) + load<f32>(third + c));
    }
    left += bytes;
    right += bytes;
    out += bytes;
  }
}

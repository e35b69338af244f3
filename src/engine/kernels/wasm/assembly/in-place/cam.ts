/**
 * Sums and maps of `src/core/cam` for one layer: activations `a` and gradients `g`, `[voxels, channels]`. Sums are
 * in double precision, as there.
 */
import { across, lower, upper, wide } from './wide';

/** Voxels done before the next four channels are: they stay in the nearest cache. */
const BLOCK: i32 = 32;

/** Adds `sum_v a` to the doubles at `sums` and `sum_v |a|` to those behind them, `[2, channels]`. */
export function channelSums(a: usize, voxels: i32, channels: i32, sums: usize): void {
  const stride = <usize>channels << 2;
  const behind = <usize>channels << 3;
  for (let first = 0; first < voxels; first += BLOCK) {
    const count = min(BLOCK, voxels - first);
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const total = sums + (<usize>c << 3);
      let low = v128.load(total);
      let high = v128.load(total, 16);
      let lowAbs = v128.load(total + behind);
      let highAbs = v128.load(total + behind, 16);
      let at = a + (<usize>c << 2);
      for (let v = 0; v < count; v++) {
        const value = v128.load(at);
        const l = lower(value);
        const h = upper(value);
        low = f64x2.add(low, l);
        high = f64x2.add(high, h);
        lowAbs = f64x2.add(lowAbs, f64x2.abs(l));
        highAbs = f64x2.add(highAbs, f64x2.abs(h));
        at += stride;
      }
      v128.store(total, low);
      v128.store(total, high, 16);
      v128.store(total + behind, lowAbs);
      v128.store(total + behind, highAbs, 16);
    }
    for (; c < channels; c++) {
      const total = sums + (<usize>c << 3);
      let at = a + (<usize>c << 2);
      for (let v = 0; v < count; v++) {
        store<f64>(total, load<f64>(total) + wide(at));
        store<f64>(total + behind, load<f64>(total + behind) + abs<f64>(wide(at)));
        at += stride;
      }
    }
    a += <usize>count * stride;
  }
}

/**
 * Adds `sum_v a g` to the doubles at `sums` and `sum_v g` to those behind them, `[2, channels]`; writes
 * `sum_l a g` per voxel to the doubles at `products`. `work` holds {@link BLOCK} pairs of doubles.
 */
export function gradientSums(
  a: usize,
  g: usize,
  voxels: i32,
  channels: i32,
  sums: usize,
  products: usize,
  work: usize,
): void {
  const stride = <usize>channels << 2;
  const behind = <usize>channels << 3;
  for (let first = 0; first < voxels; first += BLOCK) {
    const count = min(BLOCK, voxels - first);
    memory.fill(work, 0, <usize>count << 4);
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const total = sums + (<usize>c << 3);
      let low = v128.load(total);
      let high = v128.load(total, 16);
      let lowG = v128.load(total + behind);
      let highG = v128.load(total + behind, 16);
      let at = <usize>c << 2;
      let product = work;
      for (let v = 0; v < count; v++) {
        const x = v128.load(a + at);
        const d = v128.load(g + at);
        const dLow = lower(d);
        const dHigh = upper(d);
        const pLow = f64x2.mul(lower(x), dLow);
        const pHigh = f64x2.mul(upper(x), dHigh);
        low = f64x2.add(low, pLow);
        high = f64x2.add(high, pHigh);
        lowG = f64x2.add(lowG, dLow);
        highG = f64x2.add(highG, dHigh);
        v128.store(product, f64x2.add(v128.load(product), f64x2.add(pLow, pHigh)));
        product += 16;
        at += stride;
      }
      v128.store(total, low);
      v128.store(total, high, 16);
      v128.store(total + behind, lowG);
      v128.store(total + behind, highG, 16);
    }
    for (; c < channels; c++) {
      const total = sums + (<usize>c << 3);
      let at = <usize>c << 2;
      let product = work;
      for (let v = 0; v < count; v++) {
        const d = wide(g + at);
        const p = wide(a + at) * d;
        store<f64>(total, load<f64>(total) + p);
        store<f64>(total + behind, load<f64>(total + behind) + d);
        store<f64>(product, load<f64>(product) + p);
        product += 16;
        at += stride;
      }
    }
    for (let v = 0; v < count; v++) {
      store<f64>(products + (<usize>v << 3), across(v128.load(work + (<usize>v << 4))));
    }
    a += <usize>count * stride;
    g += <usize>count * stride;
    products += <usize>count << 3;
  }
}

/** Writes `sum_l a g` over the channels that `unsafe`, `[channels]` bytes, marks to the doubles at `products`. */
export function unsafeProducts(
  a: usize,
  g: usize,
  voxels: i32,
  channels: i32,
  unsafe: usize,
  products: usize,
): void {
  for (let v = 0; v < voxels; v++) {
    let sum: f64 = 0;
    for (let c = 0; c < channels; c++) {
      const at = <usize>c << 2;
      if (load<u8>(unsafe + <usize>c)) sum += wide(a + at) * wide(g + at);
    }
    store<f64>(products + (<usize>v << 3), sum);
    a += <usize>channels << 2;
    g += <usize>channels << 2;
  }
}

/** Adds to the doubles at `first` and `second`, `[voxels]`, the sums of `a` weighted by `weights`, `[2, channels]`. */
export function weightedMaps(
  a: usize,
  voxels: i32,
  channels: i32,
  weights: usize,
  first: usize,
  second: usize,
): void {
  const stride = <usize>channels << 2;
  const behind = <usize>channels << 3;
  for (let v = 0; v < voxels; v++) {
    let f0 = f64x2.splat(0);
    let f1 = f64x2.splat(0);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const value = v128.load(a + (<usize>c << 2));
      const low = lower(value);
      const high = upper(value);
      const weight = weights + (<usize>c << 3);
      f0 = f64x2.add(f0, f64x2.mul(low, v128.load(weight)));
      f1 = f64x2.add(f1, f64x2.mul(high, v128.load(weight, 16)));
      s0 = f64x2.add(s0, f64x2.mul(low, v128.load(weight + behind)));
      s1 = f64x2.add(s1, f64x2.mul(high, v128.load(weight + behind, 16)));
    }
    let f = across(f64x2.add(f0, f1));
    let s = across(f64x2.add(s0, s1));
    for (; c < channels; c++) {
      const value = wide(a + (<usize>c << 2));
      const weight = weights + (<usize>c << 3);
      f += value * load<f64>(weight);
      s += value * load<f64>(weight + behind);
    }
    store<f64>(first, load<f64>(first) + f);
    store<f64>(second, load<f64>(second) + s);
    first += 8;
    second += 8;
    a += stride;
  }
}

/**
 * Writes a map's doubles, those below `least` as `least`, to the floats at `map`, and their sum, minimum and maximum to
 * the doubles at `summary`.
 */
export function finishMap(
  values: usize,
  voxels: i32,
  least: f64,
  map: usize,
  summary: usize,
): void {
  const floor = f64x2.splat(least);
  let sum = f64x2.splat(0);
  let low = f64x2.splat(Infinity);
  let high = f64x2.splat(-Infinity);
  let v = 0;
  for (; v + 2 <= voxels; v += 2) {
    const value = f64x2.max(v128.load(values), floor);
    v128.store64_lane(map, f32x4.demote_f64x2_zero(value), 0);
    sum = f64x2.add(sum, value);
    low = f64x2.min(low, value);
    high = f64x2.max(high, value);
    values += 16;
    map += 8;
  }
  let total = across(sum);
  let lowest = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  let highest = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
  if (v < voxels) {
    const value = max(load<f64>(values), least);
    store<f32>(map, <f32>value);
    total += value;
    lowest = min(lowest, value);
    highest = max(highest, value);
  }
  store<f64>(summary, total);
  store<f64>(summary, lowest, 8);
  store<f64>(summary, highest, 16);
}

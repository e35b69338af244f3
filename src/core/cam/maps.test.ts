import { describe, expect, it } from 'vitest';
import { noise } from '../../testing/random.ts';
import { channelStats, classMaps, ledgerRow } from './index.ts';
import { LAYER_METHODS } from './types.ts';

const random = (n: number, seed: number, f = (x: number) => x) => noise(n, seed).map(f);

const round = (data: ArrayLike<number>) => Array.from(data, (x) => Math.round(x * 100) / 100);

// Input 0..15 as 4x4, two 3x3 filters of ones with biases -50 and -75, ReLU, channel-first flatten,
// linear row of five 1 and three -1: score 54.
const golden = {
  relu: {
    a: Float32Array.of(0, 0, 4, 0, 31, 6, 40, 15),
    g: Float32Array.of(1, 1, 1, -1, 1, -1, 1, -1),
    channels: 2,
  },
  before: {
    a: Float32Array.of(-5, -30, 4, -21, 31, 6, 40, 15),
    g: Float32Array.of(0, 0, 1, 0, 1, -1, 1, -1),
    channels: 2,
  },
};

describe('the 4x4 golden', () => {
  it('after the ReLU', () => {
    const { maps, cam } = classMaps(golden.relu, LAYER_METHODS);
    expect(round(maps.grad!.data)).toEqual([0, 4, 28, 32.5]);
    expect(round(maps.respond!.data)).toEqual([0, 4, 25, 25]);
    expect(round(maps.hirescam!.data)).toEqual([0, 4, 25, 25]);
    expect(cam).toBe(54);
    expect(maps.respond!.sum).toBeCloseTo(54, 6);
  });

  it('before the ReLU, where the sign of the activations changes', () => {
    const { maps } = classMaps(golden.before, LAYER_METHODS);
    expect(round(maps.respond!.data)).toEqual([-26.36, -10.41, 37.41, 53.36]);
    expect(maps.respond!.sum).toBeCloseTo(54, 6);
    expect(round(maps.xgrad!.data)).toEqual([0, 0, 37.41, 53.36]);
    expect(maps.respond!.min).toBeCloseTo(-26.357, 3);
    expect(maps.xgrad!.min).toBe(0);
  });
});

describe('sum-to-score', () => {
  it.each([1e-3, 1, 1e9])('is exact with one linear layer, activations of scale %g', (scale) => {
    const voxels = 60;
    const channels = 7;
    const a = random(voxels * channels, 1, (x) => Math.max(0, x) * scale);
    const weights = random(voxels * channels, 2);
    const bias = 0.75;
    const score = weights.reduce((sum, w, i) => sum + w * a[i], bias);
    const { maps, cam } = classMaps({ a, g: weights, channels }, LAYER_METHODS);
    const tolerance = 1e-7 * Math.max(scale, 1) * voxels * channels;
    for (const sum of [maps.respond!.sum, maps.hirescam!.sum, cam])
      expect(Math.abs(sum + bias - score)).toBeLessThan(tolerance);
    expect(Math.abs(ledgerRow(0, score, { cam, bias, bypass: 0 }).residual)).toBeLessThan(
      tolerance,
    );
  });

  it('gives one map for all methods when the gradient is constant per channel', () => {
    const channels = 4;
    const a = random(channels * 27, 5, (x) => Math.abs(x));
    const row = random(channels, 6);
    const g = a.map((_, i) => row[i % channels]);
    const { maps } = classMaps({ a, g, channels }, LAYER_METHODS);
    for (let v = 0; v < 27; v++) {
      expect(maps.respond!.data[v]).toBeCloseTo(maps.grad!.data[v], 6);
      expect(maps.hirescam!.data[v]).toBeCloseTo(maps.grad!.data[v], 6);
    }
  });
});

describe('channel health', () => {
  it('is 1 after a ReLU and for a dead channel', () => {
    const stats = channelStats(Float32Array.of(0, 1, 0, 2, 0, 3), 2);
    expect([...stats.kappa]).toEqual([1, 1]);
    expect(stats.unsafeChannels).toBe(0);
  });

  it('replaces only the channel whose sum vanishes, keeps the map bounded and the sum', () => {
    const n = 64;
    const channels = 2;
    const a = random(n * channels, 3, (x) => x);
    const mean = a.reduce((s, x, i) => (i % 2 ? s : s + x), 0) / n;
    for (let i = 0; i < a.length; i += 2) a[i] -= mean;
    for (let i = 1; i < a.length; i += 2) a[i] = Math.abs(a[i]);
    const g = random(n * channels, 4);
    const stats = channelStats(a, channels);
    expect([...stats.unsafe]).toEqual([1, 0]);
    expect(stats.maxKappa).toBeGreaterThan(1000);
    const { maps, cam } = classMaps({ a, g, channels }, LAYER_METHODS, stats);
    expect(maps.respond!.sum).toBeCloseTo(cam, 6);
    expect(maps.respond!.max).toBeLessThan(4);
    const inside = (i: number) => i % 2 === 1;
    const products = a.reduce((s, x, i) => (inside(i) ? s + x * g[i] : s), 0);
    const alpha = products / a.reduce((s, x, i) => (inside(i) ? s + x : s), 0);
    expect(maps.respond!.data[5]).toBeCloseTo(a[10] * g[10] + alpha * a[11], 5);
  });

  it('keeps a dead channel out of the map without NaN', () => {
    const { maps } = classMaps(
      { a: new Float32Array(6), g: Float32Array.of(1, 2, 3, 4, 5, 6), channels: 2 },
      LAYER_METHODS,
    );
    expect([...maps.respond!.data, ...maps.grad!.data]).toEqual(new Array(6).fill(0));
  });
});

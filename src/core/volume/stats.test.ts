import { expect, test } from 'vitest';
import { computeStats, histogram, PERCENTILE_SAMPLE, percentiles } from './stats.ts';

/** Two passes in float64, as the textbook has it. */
function twoPass(values: readonly number[]) {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance), min: Math.min(...values), max: Math.max(...values) };
}

test.each([1e-9, 1e-3, 1, 1e3, 1e9])('one pass agrees with two passes at scale %g', (scale) => {
  const data = Float64Array.from({ length: 5000 }, (_, i) => scale * Math.sin(i * i));
  const stats = computeStats(data);
  const reference = twoPass([...data]);
  expect(stats.min).toBe(reference.min);
  expect(stats.max).toBe(reference.max);
  expect(stats.std / reference.std).toBeCloseTo(1, 12);
  expect((stats.mean - reference.mean) / reference.std).toBeCloseTo(0, 12);
});

test('a small spread on a large offset keeps its digits', () => {
  const data = Float64Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2));
  expect(computeStats(data).std).toBeCloseTo(0.5, 12);
});

test('values that are not finite are counted and left out, also at the start', () => {
  const data = Float32Array.from([NaN, Infinity, 1, 2, -Infinity, 3, NaN]);
  expect(computeStats(data)).toMatchObject({ count: 3, nonFinite: 4, min: 1, max: 3, mean: 2 });
  expect(computeStats(Float32Array.from([NaN])).mean).toBeNaN();
});

test('percentiles are exact for small arrays', () => {
  const data = Float32Array.from({ length: 101 }, (_, i) => 100 - i);
  expect(percentiles(data, [0, 1, 50, 99.5, 100])).toEqual([0, 1, 50, 99.5, 100]);
});

test('percentiles of a large array do not fall in with its rows', () => {
  const columns = 512;
  const data = Float32Array.from({ length: PERCENTILE_SAMPLE * 16 }, (_, i) => i % columns);
  const [p1, p50, p99] = percentiles(data, [1, 50, 99]);
  expect(p1 / columns).toBeCloseTo(0.01, 2);
  expect(p50 / columns).toBeCloseTo(0.5, 2);
  expect(p99 / columns).toBeCloseTo(0.99, 2);
});

test('a histogram counts every finite value once, the maximum in the last bin', () => {
  const data = Float32Array.from([0, 0.5, 1, 1.5, 2, NaN, 4]);
  const { counts } = histogram(data, 4, 0, 4);
  expect([...counts]).toEqual([2, 2, 1, 1]);
});

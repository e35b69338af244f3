import { expect, it } from 'vitest';
import { noise } from '../../testing/random.ts';
import { matchPoints } from './match.ts';

it('pairs the closest first, each once, and none beyond the limit', () => {
  const first = Float64Array.of(0, 0, 0, 3, 0, 0, 50, 0, 0);
  const second = Float64Array.of(2, 0, 0, 61, 0, 0);
  expect(matchPoints(first, second, 10)).toEqual({ of: Int32Array.of(-1, 0, -1), found: 1 });
});

it('finds every moved point again, also across cells and below zero', () => {
  const first = Float64Array.from(noise(3 * 500, 1), (value) => 1000 * value);
  const second = first.map((value, i) => value + (i % 3) - 1);
  const { of, found } = matchPoints(first, second, 2);
  expect(found).toBe(500);
  expect([...of]).toEqual(Array.from({ length: 500 }, (_, i) => i));
});

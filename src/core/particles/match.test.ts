import { expect, it } from 'vitest';
import { noise } from '../../testing/random.ts';
import { finish } from '../steps.ts';
import { matching, matchPoints } from './match.ts';

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

it('leaves no two points of a crowd that are closer to each other than to their partners', () => {
  // All within the limit of each other: 60 000 pairs.
  const first = Float64Array.from(noise(3 * 300, 2), (value) => 3 * value);
  const second = Float64Array.from(noise(3 * 200, 4), (value) => 3 * value);
  const { of, found } = finish(matching(first, second, 100, 1000));
  expect(found).toBe(200);
  const away = (i: number, j: number) =>
    Math.sqrt(
      [0, 1, 2].reduce((sum, axis) => sum + (first[3 * i + axis] - second[3 * j + axis]) ** 2, 0),
    );
  const partner = new Int32Array(200).fill(-1);
  for (let i = 0; i < of.length; i++) if (of[i] >= 0) partner[of[i]] = i;
  expect(partner.includes(-1)).toBe(false);
  let closer = 0;
  for (let i = 0; i < of.length; i++) {
    const own = of[i] < 0 ? Number.POSITIVE_INFINITY : away(i, of[i]);
    for (let j = 0; j < partner.length; j++) {
      const between = away(i, j) * (1 + 1e-6);
      if (between < own && between < away(partner[j], j)) closer++;
    }
  }
  expect(closer).toBe(0);
});

it('pairs points that all stand at one place', () => {
  const [first, second] = [new Float64Array(3 * 300), new Float64Array(3 * 200)];
  const { of, found } = finish(matching(first, second, 10, 1000));
  expect(found).toBe(200);
  expect(new Set(of).size).toBe(201);
});

import { expect, test } from 'vitest';
import { MeansOf, recognised, shuffled } from './index.ts';

test('means of as many boxes as asked for, each of the same weight', () => {
  const means = new MeansOf(2);
  expect(means.add(Float32Array.of(0, 2), 4)).toBeNull();
  // The same shape with another mean and contrast.
  const made = means.add(Float32Array.of(100, 500), 7);
  expect(Array.from(made!.data)).toEqual([-1, 1]);
  expect(made!.rows).toEqual([4, 7]);
  expect(means.add(Float32Array.of(1, 0), 8)).toBeNull();
});

test('an order that the seed alone decides', () => {
  const order = shuffled(50, 3);
  expect(shuffled(50, 3)).toEqual(order);
  expect(shuffled(50, 4)).not.toEqual(order);
  expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

test('answers are right by any of the accepted classes, where these are known', () => {
  const scores = [
    [5, 0, 0],
    [0, 5, 0],
    [0, 0, 5],
    [0.1, 0, 0],
  ];
  const rows = scores.map((_, i) => [i + 1]);
  const found = recognised(1, scores, rows, [[0, 1], [0, 1], [0, 1], null], 2);
  expect(found).toMatchObject({ n: 4, right: 2 / 3, rejected: 0.5 });
  expect(found.answers[0]).toEqual({ index: 0, count: 2 });
  expect(recognised(1, scores, rows, [null, null, null, null], null).right).toBeNull();
  expect(recognised(5, [], [], [], 2)).toMatchObject({ n: 0, right: null, rejected: 0 });
});

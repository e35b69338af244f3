import { expect, it } from 'vitest';
import { hidden, ITSELF, NOISY, occlusionMap, occlusions, PATH } from './index.ts';

it.each([[[40, 40, 40]], [[7, 5, 1]], [[192, 100]], [[1, 1]]])(
  'boxes of a fifth cover %j and stay inside',
  (space) => {
    const boxes = occlusions(space);
    for (const { from, to } of boxes)
      for (const [axis, size] of space.entries()) {
        expect(from[axis]).toBeGreaterThanOrEqual(0);
        expect(to[axis]).toBeLessThanOrEqual(size);
        expect(to[axis] - from[axis]).toBe(Math.max(1, Math.round(size / 5)));
      }
    const covered = occlusionMap(space, boxes, new Float64Array(boxes.length).fill(2));
    expect(covered.every((value) => value === 2)).toBe(true);
  },
);

it('hides a box behind the mean of each channel', () => {
  const input = Float32Array.of(1, 10, 2, 20, 3, 60);
  const box = { from: [0, 1], to: [1, 2] };
  expect([...hidden(input, [1, 3], 2, box)]).toEqual([1, 10, 2, 30, 3, 60]);
});

it('takes the mean of the boxes around a voxel', () => {
  const boxes = [
    { from: [0], to: [2] },
    { from: [1], to: [3] },
  ];
  expect([...occlusionMap([3], boxes, [4, 1])]).toEqual([4, 2.5, 1]);
});

it('makes points of an input: itself, on the way from zeros, with noise', () => {
  const input = Float32Array.from({ length: 4000 }, (_, i) => (i % 3) - 1);
  expect(ITSELF.at(input, 0)).toBe(input);
  expect(PATH.at(input, 0)[2]).toBeCloseTo(0.5 / PATH.count, 7);
  expect(PATH.at(input, PATH.count - 1)[2]).toBeCloseTo(1 - 0.5 / PATH.count, 6);
  const noise = NOISY.at(input, 3).map((value, i) => value - input[i]);
  const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value ** 2, 0) / noise.length);
  expect(deviation).toBeCloseTo(0.15 * 2, 2);
  expect(NOISY.at(input, 3)).toEqual(NOISY.at(input, 3));
  expect(NOISY.at(input, 4)).not.toEqual(NOISY.at(input, 3));
});

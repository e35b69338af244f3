import { expect, it } from 'vitest';
import { thumbnailOf } from './thumbnail.ts';

const shape = [8, 4, 6] as const;

/** One dark voxel column at x 1, y 0, in the middle sections. */
function volume(rowsDown?: true) {
  const data = new Float32Array(8 * 4 * 6).fill(5);
  for (const z of [3, 4]) data[z * 24 + 1] = -5;
  return { data, shape, ...(rowsDown && { rowsDown }) };
}

it('shows the mean of the middle sections with y up, or rows down as in pictures', () => {
  const up = thumbnailOf(volume(), 40);
  expect([up.width, up.height]).toEqual([6, 4]);
  const darkest = (rgba: Uint8ClampedArray) => {
    const reds = Array.from({ length: 24 }, (_, i) => rgba[4 * i]);
    return reds.indexOf(Math.min(...reds));
  };
  expect(darkest(up.rgba)).toBe(3 * 6 + 1);
  expect(darkest(thumbnailOf(volume(true), 40).rgba)).toBe(1);
});

it('takes at most so many pixels, and greys of a constant volume', () => {
  const data = new Float32Array(8 * 4 * 6);
  const { width, height, rgba } = thumbnailOf({ data, shape }, 3);
  expect([width, height]).toEqual([3, 2]);
  expect(new Set(rgba)).toEqual(new Set([128, 255]));
});

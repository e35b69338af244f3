import { expect, it } from 'vitest';
import { mapPicture, projectionOf } from './mapPicture.ts';
import { PALETTES } from './palette.ts';
import { colorAt } from './scale.ts';

it('keeps of each line of sight the value with the largest magnitude', () => {
  const { width, height, data } = projectionOf([1, -2, 0, 3, -4, 1, 0, 2], [2, 2, 2]);
  expect([width, height]).toEqual([2, 2]);
  expect([...data]).toEqual([-4, -2, 0, 3]);
});

it('paints y up, in the colours of the scale', () => {
  const palette = PALETTES.diverging;
  const projection = { width: 1, height: 2, data: Float32Array.of(1, -1) };
  const { rgba } = mapPicture(projection, 2, palette);
  expect([...rgba.subarray(0, 3)]).toEqual([...colorAt(-1, { limit: 2, palette })]);
  expect([...rgba.subarray(4, 7)]).toEqual([...colorAt(1, { limit: 2, palette })]);
  expect([...mapPicture(projection, 2, palette, true).rgba.subarray(0, 3)]).toEqual([
    ...colorAt(1, { limit: 2, palette }),
  ]);
});

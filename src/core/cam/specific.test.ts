import { expect, it } from 'vitest';
import { toMap } from './maps.ts';
import { withoutMean } from './specific.ts';

const map = (...values: number[]) => toMap(Float64Array.from(values));

it('takes out the mean over all classes', () => {
  const all = [map(4, 1, -1), map(2, 1, 1), map(0, 1, 3)];
  const left = all.map((one) => withoutMean(one, all));
  expect([...left[0].data]).toEqual([2, 0, -2]);
  expect([...left[1].data]).toEqual([0, 0, 0]);
  expect(left[0].sum).toBeCloseTo(0, 12);
  // Over all classes nothing is left.
  expect(left.reduce((sum, { data }) => sum + data[0], 0)).toBe(0);
});

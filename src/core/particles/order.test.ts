import { expect, it } from 'vitest';
import { noise } from '../../testing/random.ts';
import { ordering } from './order.ts';
import { finish } from '../steps.ts';

it('orders as comparing does, equals as they come, and what has no number last', () => {
  const values = noise(2000, 3).map((value, i) =>
    i % 97 === 0 ? Number.NaN : i % 5 === 0 ? Math.round(value) : value * 10 ** ((i % 19) - 9),
  );
  values.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0]);
  const ks = Uint32Array.from(values.keys()).filter((k) => k % 3 !== 1);
  for (const sign of [1, -1]) {
    const expected = ks.slice().sort((a, b) => {
      const [x, y] = [values[a], values[b]];
      if (Number.isNaN(x) || Number.isNaN(y))
        return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return x === y ? 0 : sign * (x < y ? -1 : 1);
    });
    expect(finish(ordering(ks, (k) => values[k], sign < 0))).toEqual(expected);
  }
});

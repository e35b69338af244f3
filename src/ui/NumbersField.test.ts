import { expect, it } from 'vitest';
import { parseNumbers, short } from './NumbersField.tsx';

it('reads numbers however they are separated', () => {
  expect(parseNumbers('10, 30;50  70', 4)).toEqual([10, 30, 50, 70]);
  expect(parseNumbers(' −1.5e-3 ', 1)).toEqual([-0.0015]);
});

it('takes nothing from a text that is not all numbers, or too many', () => {
  for (const text of ['', '10 x', '1 2 3', 'NaN', 'Infinity']) {
    expect(parseNumbers(text, 2), text).toBeNull();
  }
});

it('writes four digits', () => {
  expect([1 / 3, 12345, 1e-9].map(short)).toEqual(['0.3333', '12350', '1e-9']);
});

import { expect, it } from 'vitest';
import { probability } from './numbers.ts';

it('never rounds a probability to certainty', () => {
  expect([1, 0.9999, 0.5, 0.0001, 0].map(probability)).toEqual([
    '1.00',
    '>0.99',
    '0.50',
    '<0.01',
    '0',
  ]);
});

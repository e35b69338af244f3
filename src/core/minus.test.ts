import { expect, it } from 'vitest';
import { withMinus } from './minus.ts';

it('writes true minus signs, and none before a zero', () => {
  expect(['-1.5', '2', '-1e-9', '-0.00', '0'].map(withMinus)).toEqual([
    '−1.5',
    '2',
    '−1e−9',
    '0.00',
    '0',
  ]);
});

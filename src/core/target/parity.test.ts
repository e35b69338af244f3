import { expect, it } from 'vitest';
import { compareOutput, parity, parityText } from './parity.ts';

it('finds the largest difference', () => {
  expect(parity([1, 2, 3.5], [1, -4, 3])).toEqual({
    count: 3,
    largest: 6,
    index: 1,
    relative: 1.5,
  });
  expect(parityText(parity([1, 2], [1, 2 + 1e-6]))).toMatch(
    /^is the same as the reference: 2 numbers/,
  );
  expect(parityText(parity([1, 2], [1, 1]))).toBe(
    'differs from the reference: off by 1.00 at number 1 of 2, 100.0% of the largest',
  );
});

it('takes no number for a difference', () => {
  expect(parity([Number.NaN], [1]).largest).toBe(Number.POSITIVE_INFINITY);
  expect(parity([0, 0], [0, 0])).toMatchObject({ largest: 0, relative: 0 });
});

it('refuses a reference of another length', () => {
  const reference = { file: 'ref.npy', values: [1, 2, 3] };
  expect(() => compareOutput([1, 2], 'scores', reference)).toThrow(
    'ref.npy: it holds 3 numbers, the output scores 2; accepted: ',
  );
});

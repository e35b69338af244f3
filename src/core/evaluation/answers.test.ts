import { expect, it } from 'vitest';
import { countAnswers } from './answers.ts';

const SCORES = [
  [9, 0, 0], // sure of the first
  [0, 0.1, 0], // sure of nothing
  [0, 0, 9], // sure of the last
];

it('counts right answers, and answers of none by the class for others or a low probability', () => {
  const withOther = countAnswers(SCORES, [0, 1, 2], 2);
  expect(withOther).toMatchObject({ n: 3, accuracy: 1, rejected: 2 / 3 });
  const without = countAnswers(SCORES, [1, 1, null], null);
  expect(without).toMatchObject({ n: 3, accuracy: 1 / 3, rejected: 1 / 3 });
  const sure = 1 / (1 + 2 * Math.exp(-9));
  const unsure = 1 / (1 + 2 * Math.exp(-0.1));
  expect(without.confidence).toBeCloseTo((2 * sure + unsure) / 3, 12);
});

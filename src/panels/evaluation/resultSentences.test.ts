import { expect, it } from 'vitest';
import { ordering } from './resultSentences.ts';

it('says the order of the classes in words, from alike to opposite', () => {
  const said = [0.98, 0.7, 0.4, 0.06, -0.116, -0.6].map(ordering);
  expect(said[0]).toContain('as the scores do');
  expect(said[3]).toBe(said[4]);
  expect(said.at(-1)).toContain('against');
  expect(new Set(said).size).toBe(5);
});

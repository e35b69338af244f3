import { describe, expect, it } from 'vitest';
import { type ClassRow, rowAxis, sortRows } from './classRows.ts';

describe('class rows', () => {
  const row = (name: string, score: number): ClassRow => ({
    index: score,
    name,
    score,
    probability: 0,
    sums: [-score, score],
    predicted: false,
  });
  const rows = [row('70S ribosome', 1), row('GroEL', 3), row('50S ribosome', 2)];
  it('sort by number downwards, by name upwards, and search every word', () => {
    expect(sortRows(rows, 'score', '').map(({ score }) => score)).toEqual([3, 2, 1]);
    expect(sortRows(rows, 0, '').map(({ score }) => score)).toEqual([1, 2, 3]);
    expect(sortRows(rows, 'name', 'ribo').map(({ name }) => name)).toEqual([
      '50S ribosome',
      '70S ribosome',
    ]);
    expect(sortRows(rows, 'name', 'ribosome 70')).toHaveLength(1);
  });
  it('have an axis that holds zero and the scores, and sums as far as they leave room for scores', () => {
    const { zero, at } = rowAxis([row('a', 4), { ...row('b', -2), sums: [1000, -3] }]);
    expect([at(-4), zero, at(8.5), at(1000)]).toEqual([0, 4 / 12.5, 1, 1]);
    expect(rowAxis([row('a', 0)]).at(0)).toBe(0);
  });
});

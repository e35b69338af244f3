import { describe, expect, it } from 'vitest';
import { type ClassRow, sortRows } from './classRows.ts';

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
});

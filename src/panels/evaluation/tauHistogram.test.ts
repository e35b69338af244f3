import { describe, expect, it } from 'vitest';
import { TAU_BIN, tauCounts } from './tauHistogram.ts';
import { item } from './testing.ts';

describe('the spread of tau', () => {
  it('counts every volume where tau is defined once, the ends included', () => {
    const taus = [-1, 1, 0, 0.05, 0.0499, null];
    const counts = tauCounts(
      taus.map((tau, i) => item(i, { tau })),
      'respond',
    );
    expect(counts).toHaveLength(40);
    expect(counts.reduce((a, b) => a + b)).toBe(5);
    expect([counts[0], counts[39], counts[20], counts[21]]).toEqual([1, 1, 2, 1]);
  });

  it('keeps each multiple of the bin width in the bin that starts there', () => {
    for (let bin = 0; bin < 40; bin++) {
      const counts = tauCounts([item(0, { tau: bin * TAU_BIN - 1 })], 'grad');
      expect(counts[bin]).toBe(1);
    }
  });
});

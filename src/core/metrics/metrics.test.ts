import { describe, expect, it } from 'vitest';
import { kendallTau, mapMetrics, meanStd, scoreDistance } from './index.ts';

describe('kendallTau', () => {
  it('is 1, -1 and 0 on known orders', () => {
    expect(kendallTau([1, 2, 3, 4], [10, 20, 30, 40])).toBeCloseTo(1, 12);
    expect(kendallTau([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
    expect(kendallTau([1, 2, 3, 4], [2, 4, 1, 3])).toBeCloseTo(0, 12);
  });

  it('agrees with published values with ties (scipy.stats.kendalltau)', () => {
    expect(kendallTau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])).toBeCloseTo(-0.47140452079103173, 12);
    expect(kendallTau([1, 1, 2, 2, 3], [1, 2, 2, 3, 3])).toBeCloseTo(0.75, 12);
  });

  it('has no value when one side is constant', () => {
    expect(kendallTau([1, 1, 1], [1, 2, 3])).toBeNaN();
  });

  it('depends on the order alone', () => {
    const x = [0.3, -1.2, 5, 2.2, 0.1];
    const y = [1, -3, 2, 2.5, 0];
    const scaled = kendallTau(
      x.map((v) => v * 1e9 + 3),
      y.map((v) => Math.exp(v)),
    );
    expect(scaled).toBeCloseTo(kendallTau(x, y), 12);
  });
});

describe('L1, mean and deviation', () => {
  it('averages the distance of sums and scores', () => {
    expect(scoreDistance([1, 2, 3], [2, 2, 1])).toBeCloseTo(1, 12);
    expect(mapMetrics([1, 2, 4], [0, 1, 3])).toEqual({ l1: 1, kendallTau: 1 });
  });

  it('divides by n, leaves undefined values out and is stable far from zero', () => {
    expect(meanStd([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, std: 2, n: 8 });
    expect(meanStd([1, Number.NaN, 3])).toEqual({ mean: 2, std: 1, n: 2 });
    const far = meanStd([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    expect(far.std).toBeCloseTo(Math.sqrt(22.5), 6);
  });
});

import { describe, expect, it } from 'vitest';
import {
  cancellation,
  cancels,
  correlation,
  participationRatio,
  rivalOf,
  specificity,
  writtenSum,
} from './index.ts';

const map = (...values: number[]) => ({
  data: Float32Array.from(values),
  sum: values.reduce((a, b) => a + b, 0),
});

describe('the correlation of two maps', () => {
  const a = Float32Array.of(1, 2, 4, -3, 0.5, 7);

  it.each([1e-9, 1, 1e9])('does not change with scale %g or a constant', (scale) => {
    const b = a.map((value) => scale * value + 3 * scale);
    expect(correlation(a, b)).toBeCloseTo(1, 6);
    expect(
      correlation(
        a,
        b.map((value) => -value),
      ),
    ).toBeCloseTo(-1, 6);
  });

  it('is that of the textbook', () => {
    // x = 1, 2, 3 and y = 1, 3, 2: covariance 1/3, variances 2/3
    expect(correlation([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 12);
  });

  it('is not defined for a constant map', () => {
    expect(correlation(a, new Float32Array(6).fill(0.1))).toBeNull();
    expect(correlation(new Float32Array(6), a)).toBeNull();
  });
});

describe('the rival of a class', () => {
  const scores = [3, 9, -1, 7];
  it('is the runner-up for the answer and the answer for all others', () => {
    expect(scores.map((_, c) => rivalOf(scores, c))).toEqual([1, 3, 1, 1]);
  });
  it('does not exist for the only score', () => expect(rivalOf([4], 0)).toBeNull());
});

it('a map that is the activation sum is specific to nothing', () => {
  const sum = Float32Array.of(0, 1, 5, 2);
  const found = specificity(
    sum.map((value) => 3 * value),
    Float32Array.of(5, 1, 0, 2),
    sum,
  );
  expect(found.activationSum).toBeCloseTo(1, 6);
  expect(found.runnerUp).toBeLessThan(-0.5);
  expect(specificity(sum, undefined, sum).runnerUp).toBeNull();
});

describe('cancellation', () => {
  it('is 1 for a map of one sign and grows as the sum vanishes', () => {
    expect(cancellation(map(1, 2, 3))).toBe(1);
    expect(cancellation(map(-1, -2, 0))).toBe(1);
    expect(cancellation(map(31.8, -29.4))).toBeCloseTo(61.2 / 2.4, 4);
    expect(cancellation(map(1, -1))).toBe(Number.POSITIVE_INFINITY);
    expect(cancellation(map(0, 0))).toBe(1);
  });

  it('leaves no sum to be written where that is rounding', () => {
    expect(writtenSum(map(2, -1))).toBe(1);
    expect(writtenSum({ data: Float32Array.of(5, -5), sum: -1.28e-9 })).toBe(0);
    expect(writtenSum({ data: Float32Array.of(1e-9, 2e-9), sum: 3e-9 })).toBe(3e-9);
  });

  it('misleads from 5 on', () => {
    expect(cancels(map(3, -2))).toBe(false);
    expect(cancels(map(6, -5))).toBe(true);
  });
});

describe('the participation ratio', () => {
  it('is the share of the box that is filled', () => {
    expect(participationRatio([2, 2, 2, 2])).toBe(1);
    expect(participationRatio([5, 0, 0, 0])).toBe(0.25);
    expect(participationRatio([3, 3, 0, 0])).toBe(0.5);
    expect(participationRatio([0, 0])).toBeNull();
  });
});

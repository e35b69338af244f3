import { describe, expect, it } from 'vitest';
import { decimal, meanStd, percent, shortMeanStd, timeLeft } from './numbers.ts';

/** Numbers are kept together by spaces that do not break. */
const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

describe('numbers', () => {
  it('writes means as the paper does, and a dash where there are none', () => {
    expect(spaced(meanStd({ mean: -0.116, std: 0.341 }))).toBe('−0.116 ± 0.341');
    expect(meanStd({ mean: null, std: null, n: 0 })).toBe('–');
    expect(decimal(15.3444)).toBe('15.344');
  });

  it.each([
    [0.9994, 0.0021, '0.9994 ± 0.0021'],
    [0.058, 0.428, '0.06 ± 0.43'],
    [54.7, 15.2, '55 ± 15'],
    [0.0256, 0.0013, '0.0256 ± 0.0013'],
    [1, 0, '1.000 ± 0.000'],
    [-0.2, 0.3, '−0.20 ± 0.30'],
  ])('gives %f ± %f the digits that it deserves', (mean, std, text) => {
    expect(spaced(shortMeanStd({ mean, std, n: 2 }))).toBe(text);
  });

  it('never rounds a share to nothing or to all', () => {
    expect([0, 1e-6, 0.478, 0.99999, 1].map(percent)).toEqual([
      '0%',
      '<0.1%',
      '47.8%',
      '>99.9%',
      '100%',
    ]);
  });

  it('gives the time left', () => {
    expect([42, 200, 3700].map(timeLeft)).toEqual(['42 s left', '3 min 20 s left', '61 min left']);
  });
});

import { describe, expect, it } from 'vitest';
import { NEUTRAL, PALETTES } from './palette.ts';
import { colorAt, entryOf, levelStyle, peakOf } from './scale.ts';
import { formatSigned, formatValue, niceBelow, niceStep, symmetricTicks } from './ticks.ts';

const palette = PALETTES.diverging;

describe('peakOf', () => {
  it('takes the magnitude of the most negative sample', () => {
    expect(peakOf([-4, 3, Number.NaN, Number.POSITIVE_INFINITY])).toBe(4);
  });
  it('is 0 for nothing and for zeros', () => {
    expect(peakOf([])).toBe(0);
    expect(peakOf(new Float32Array(5))).toBe(0);
  });
});

describe('colorAt', () => {
  it('is neutral at zero, for NaN, and everywhere on a scale of zero', () => {
    for (const [value, limit] of [
      [0, 1],
      [Number.NaN, 1],
      [0, 0],
      [5, 0],
    ]) {
      expect(colorAt(value, { limit, palette })).toEqual(NEUTRAL);
    }
  });

  it('clamps beyond the limit and does not depend on the unit', () => {
    for (const limit of [1e-9, 1, 1e9]) {
      expect(colorAt(9 * limit, { limit, palette })).toEqual(colorAt(limit, { limit, palette }));
      expect(colorAt(-0.4 * limit, { limit, palette })).toEqual(
        colorAt(-0.4, { limit: 1, palette }),
      );
    }
  });

  it('is symmetric about the centre of the table', () => {
    expect(entryOf(0.3, 1) + entryOf(-0.3, 1)).toBe(2 * entryOf(0, 1));
  });
});

describe('levelStyle', () => {
  it('makes the core more opaque than the outermost shell', () => {
    const opacity = [0.1, 0.3, 0.5, 0.7, 0.9].map(
      (t) => levelStyle(t, { limit: 1, palette }).opacity,
    );
    expect([...opacity].sort((a, b) => a - b)).toEqual(opacity);
    expect(opacity[0]).toBeGreaterThan(0.1);
    expect(opacity[4]).toBeLessThan(0.9);
  });

  it('is defined for a scale of zero', () => {
    const { color, opacity } = levelStyle(0.5, { limit: 0, palette });
    expect([...color, opacity].every(Number.isFinite)).toBe(true);
  });
});

describe('ticks', () => {
  it('rounds down to 1, 2, 5', () => {
    expect([0.99, 1, 1.9, 2, 4.9, 5, 9.9, 10, 0.02, 3e-9, 7e8].map(niceBelow)).toEqual([
      0.5, 1, 1, 2, 2, 5, 5, 10, 0.02, 2e-9, 5e8,
    ]);
  });

  it('never cuts finer than asked, and not much coarser, over 18 decades', () => {
    for (let span = 1e-9; span < 1e9; span *= 1.7) {
      const step = niceStep(span, 5);
      expect(span / step).toBeLessThanOrEqual(5 * (1 + 1e-9));
      expect(span / step).toBeGreaterThanOrEqual(1.99);
      expect(niceBelow(step)).toBe(step);
    }
  });

  it('is symmetric, holds zero and stays inside the limit', () => {
    expect(symmetricTicks(1)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(symmetricTicks(0.0731)).toEqual([-0.05, 0, 0.05]);
    expect(symmetricTicks(0)).toEqual([0]);
  });

  it('writes values shortly, with a true minus sign', () => {
    expect([0, -0.12345, 12345.6, 1.5e-7, -2e9, Number.NaN].map((v) => formatValue(v))).toEqual([
      '0',
      '−0.123',
      '12300',
      '1.5e−7',
      '−2e9',
      'no value',
    ]);
    expect([0.5, 0, -0.5].map((v) => formatSigned(v))).toEqual(['+0.5', '0', '−0.5']);
  });
});

import { describe, expect, it } from 'vitest';
import {
  convertLevel,
  densityBasis,
  fromAbsolute,
  heatmapBasis,
  LEVEL_UNITS,
  levelRange,
  signedLevels,
  toAbsolute,
} from './levels.ts';

const cases = {
  heatmap: heatmapBasis(0.08, 0.011),
  'all-negative heatmap': heatmapBasis(3, 0.5),
  'dark density': densityBasis({ min: -6, max: 2, mean: -0.1, std: 1 }, 'dark'),
  'bright density': densityBasis({ min: -2, max: 6, mean: 0.1, std: 1 }, 'bright'),
  'unsigned bytes, dark': densityBasis({ min: 20, max: 220, mean: 128, std: 30 }, 'dark'),
  'all-negative density': densityBasis({ min: -5, max: -1, mean: -2, std: 0.7 }, 'dark'),
};

describe('level units', () => {
  it('gives 0.3 of the minimum for 30 percent of a dark density, as in Figure 3', () => {
    expect(toAbsolute(30, 'percent', cases['dark density'])).toBeCloseTo(-1.8, 12);
  });

  it('counts standard deviations from the mean towards the molecule', () => {
    expect(toAbsolute(2, 'sigma', cases['dark density'])).toBeCloseTo(-2.1, 12);
    expect(toAbsolute(2, 'sigma', cases['bright density'])).toBeCloseTo(2.1, 12);
    expect(toAbsolute(2, 'sigma', cases['unsigned bytes, dark'])).toBe(68);
  });

  it('keeps a level inside a density that is all on one side of zero', () => {
    expect(toAbsolute(50, 'percent', cases['unsigned bytes, dark'])).toBe(74);
    expect(toAbsolute(50, 'percent', cases['all-negative density'])).toBe(-3.5);
  });

  it.each(Object.entries(cases))('goes round through every unit: %s', (_, basis) => {
    for (const from of LEVEL_UNITS) {
      for (const to of LEVEL_UNITS) {
        for (const level of [-40, 0, 0.3, 25, 1e3]) {
          const back = convertLevel(convertLevel(level, from, to, basis), to, from, basis);
          expect(Math.abs(back - level)).toBeLessThan(1e-9 * Math.max(1, Math.abs(level)));
        }
      }
    }
  });

  it('has ascending ranges that hold every level between base and extreme', () => {
    expect(levelRange('absolute', cases['dark density'])).toEqual({ min: -6, max: 0 });
    expect(levelRange('percent', cases['dark density'])).toEqual({ min: 0, max: 100 });
    expect(levelRange('percent', cases['all-negative density'])).toEqual({ min: 0, max: 100 });
    const sigma = levelRange('sigma', cases['dark density']);
    expect(sigma.min).toBeCloseTo(-0.1, 12);
    expect(sigma.max).toBeCloseTo(5.9, 12);
  });

  it.each([
    ['map of zeros', heatmapBasis(0, 0)],
    ['constant density', densityBasis({ min: 4, max: 4, mean: 4, std: 0 }, 'dark')],
    ['zero density', densityBasis({ min: 0, max: 0, mean: 0, std: 0 }, 'bright')],
  ])('gives no NaN for a %s', (_, basis) => {
    for (const unit of LEVEL_UNITS) {
      expect(Number.isFinite(toAbsolute(30, unit, basis))).toBe(true);
      expect(Number.isFinite(fromAbsolute(1, unit, basis))).toBe(true);
      expect(Object.values(levelRange(unit, basis)).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('signedLevels', () => {
  it('mirrors magnitudes in ascending order and drops zeros, doubles and NaN', () => {
    expect(signedLevels([0.3, 0.1, 0.3, 0, Number.NaN], 'both')).toEqual([-0.3, -0.1, 0.1, 0.3]);
  });
  it('keeps the chosen sign only', () => {
    expect(signedLevels([1, 2], 'positive')).toEqual([1, 2]);
    expect(signedLevels([1, 2], 'negative')).toEqual([-2, -1]);
    expect(signedLevels([0], 'both')).toEqual([]);
  });
});

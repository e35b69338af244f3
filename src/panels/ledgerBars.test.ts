import { describe, expect, it } from 'vitest';
import { ledgerBars, ledgerSentence } from './ledgerBars.ts';

describe('ledger bars', () => {
  it('lead from zero to the score, each where the one before ended', () => {
    const { zero, bars } = ledgerBars({
      index: 0,
      score: 6,
      cam: 9,
      bias: -2,
      bypass: 0,
      residual: -1,
    });
    const [cam, bias, residual, score] = bars;
    expect(zero).toBe(0);
    expect([cam.from, cam.width]).toEqual([0, 100]);
    expect(bias.from + bias.width).toBeCloseTo(100);
    expect(residual.from + residual.width).toBeCloseTo(bias.from);
    expect(score.width).toBeCloseTo(residual.from);
  });

  it('stay inside the track for negative scores, and rounding is no residual', () => {
    const { zero, bars } = ledgerBars({
      index: 0,
      score: -5,
      cam: -8,
      bias: 3,
      bypass: 0,
      residual: 1e-7,
    });
    expect(zero).toBe(100);
    for (const { from, width } of bars) {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(from + width).toBeLessThanOrEqual(100 + 1e-9);
    }
    expect(bars[2].value).toBe(0);
  });
});

describe('ledger sentence', () => {
  const say = (cam: number, bias: number) =>
    ledgerSentence({ index: 0, cam, bias, score: cam + bias, bypass: 0, residual: 0 });
  it('follows the signs of its parts', () => {
    expect(say(9, 1)).toMatch(/^90%/);
    expect(say(-9, -1)).toMatch(/^90%/);
    expect(say(9, -1)).toMatch(/take some back/);
    expect(say(-1, 9)).toMatch(/other way/);
  });

  it('names a residual before it speaks of biases', () => {
    const row = { index: 0, score: 2, cam: -1, bias: 1, bypass: 0, residual: 2 };
    expect(ledgerSentence(row)).toMatch(/^-50% .* 100% is a residual/);
    expect(ledgerSentence({ ...row, residual: 1, bypass: 1 })).toMatch(
      /50% around it.*50% is a residual/,
    );
  });
});

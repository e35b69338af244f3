import { describe, expect, it } from 'vitest';
import { curvesSvg } from './curves.ts';
import { readLog, smallLog } from './log.ts';

const rates = (loss: number, accuracy: number) => ({ loss, accuracy, n: 64 });

/** Two epochs of 30 steps. */
const LOG = [
  ...[0, 1].flatMap((epoch) => [
    ...Array.from({ length: 30 }, (_, step) => ({
      ...{ kind: 'step', epoch, step, seconds: 2, waited: 0 },
      ...rates(3 / (1 + 30 * epoch + step), 0.5),
    })),
    {
      kind: 'epoch',
      epoch,
      train: rates(0.1, 0.5 + 0.25 * epoch),
      validation: rates(0.2, 0.75),
      best: 0,
    },
  ]),
  { kind: 'test', ...rates(0.1, 0.975) },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

describe('training curves', () => {
  it('places steps and epochs on one axis', () => {
    const { steps, train, validation, best, test } = readLog(LOG, 'log.jsonl');
    expect(steps.map(({ at }) => at).slice(28, 31)).toEqual([29 / 30, 1, 31 / 30]);
    expect(train.map(({ at }) => at)).toEqual([0.5, 1.5]);
    expect(validation[1]).toEqual({ at: 2, loss: 0.2, accuracy: 0.75 });
    expect([best, test]).toEqual([0, { accuracy: 0.975, n: 64 }]);
  });

  it('draws every point inside its panel, and says the result', () => {
    const svg = curvesSvg(readLog(LOG, 'log.jsonl'));
    expect(svg.match(/<circle class="validation" r="2.5"/g)).toHaveLength(4);
    for (const [, x, y] of svg.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThanOrEqual(300);
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      expect(Number(y)).toBeLessThanOrEqual(180);
    }
    expect(svg).toContain('97.5% of 64 held-out volumes');
    // The accuracy of 75% after the last epoch: a quarter of the panel below its top.
    expect(svg).toContain('<circle class="validation" r="2.5" cx="300.0" cy="45.0"/>');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('keeps a small log that draws the same epochs', () => {
    const small = smallLog(LOG, 'log.jsonl');
    expect(small.trim().split('\n')).toHaveLength(2 * 10 + 3);
    expect(small).not.toMatch(/seconds/);
    const [before, after] = [LOG, small].map((text) => readLog(text, 'log.jsonl'));
    expect({ ...after, steps: [] }).toEqual({ ...before, steps: [] });
    expect(after.steps.at(-1)).toEqual(before.steps.at(-1));
  });

  it('names what is not a log', () => {
    expect(() => readLog('{"kind":"step"}\nx', 'a.jsonl')).toThrow(/a\.jsonl, line 2: is not JSON/);
    expect(() => readLog('', 'a.jsonl')).toThrow(/a\.jsonl: has no epoch in it/);
  });
});

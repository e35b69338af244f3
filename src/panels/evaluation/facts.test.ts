import { describe, expect, it } from 'vitest';
import type { EvaluationItem } from '../../core/evaluation/index.ts';
import { perMethod } from '../../core/evaluation/record.ts';
import {
  decimal,
  margin,
  meanStd,
  ordering,
  percent,
  shortMeanStd,
  TAU_BIN,
  tauCounts,
  timeLeft,
  worstItems,
} from './facts.ts';
import { axisRanges, SumCollector } from './sumPoints.ts';

function item(order: number, part: Partial<EvaluationItem> & { tau?: number | null } = {}) {
  const { tau = 1, ...rest } = part;
  const made: EvaluationItem = {
    order,
    id: `volume ${order}`,
    class: 0,
    predicted: 0,
    scores: [3, 1],
    methods: perMethod((method) => ({
      l1: order,
      kendallTau: tau,
      sums: method === 'grad' ? [-30, 20] : [2.5, 0.5],
    })),
    specificity: perMethod(() => ({ activationSum: 0.9, runnerUp: 0.8 })),
    activationSpread: 0.5,
    ledger: { heatmap: 1, bias: 0, residual: 0 },
    ...rest,
  };
  return made;
}

describe('the scatter plots', () => {
  const items = [item(0), item(1, { scores: [-4, 7] })];

  it('has one point for each volume and class, in order', () => {
    const { points } = new SumCollector().collect(items);
    expect(points.grad.count).toBe(4);
    expect(Array.from(points.grad.x).slice(0, 4)).toEqual([3, 1, -4, 7]);
    expect(Array.from(points.grad.y).slice(0, 4)).toEqual([-30, 20, -30, 20]);
  });

  it('collects a list that grows as it does the whole, and starts anew with another', () => {
    const long = Array.from({ length: 9 }, (_, i) => item(i, { scores: [i, -i] }));
    const whole = new SumCollector().collect(long);
    const growing = new SumCollector();
    growing.collect([item(0, { scores: [100, 100] })]);
    for (const n of [1, 4, 9]) growing.collect(long.slice(0, n));
    const { points, scores, sums } = growing.collect(long.slice());
    const x = ({ x: values, count }: typeof points.grad) => Array.from(values).slice(0, count);
    expect(x(points.grad)).toEqual(x(whole.points.grad));
    expect([scores, sums]).toEqual([whole.scores, whole.sums]);
  });

  it('shares its axes among the methods, or takes the range of each', () => {
    const plots = new SumCollector().collect(items);
    const shared = axisRanges(plots, true);
    const own = axisRanges(plots, false);
    expect(shared.respond).toEqual(shared.grad);
    expect(shared.grad.y[0]).toBeLessThan(-30);
    expect(shared.grad.y[1]).toBeGreaterThan(20);
    expect(own.respond.y[0]).toBeGreaterThan(0);
    expect(own.respond.y[1]).toBeLessThan(3);
  });
});

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

describe('the list of volumes', () => {
  const right = item(0, { scores: [5, 1], tau: 0.5 });
  const wrong = item(1, { scores: [1, 2], predicted: 1, tau: 0.9 });
  const unknown = item(2, { class: null, tau: null });
  const orders = (by: Parameters<typeof worstItems>[1]) =>
    worstItems([right, wrong, unknown], by, null).map(({ order }) => order);

  it('leads by the score of the truth', () => {
    expect([right, wrong, unknown].map(margin)).toEqual([4, -1, null]);
  });

  it('puts the worst first and what cannot be told last', () => {
    expect(orders('tau-respond')).toEqual([0, 1, 2]);
    expect(orders('margin')).toEqual([1, 0, 2]);
    expect(orders('l1-grad')).toEqual([2, 1, 0]);
  });

  it('holds the volumes of one cell', () => {
    const cell = { truth: 0, predicted: 1 };
    expect(worstItems([right, wrong, unknown], 'margin', cell)).toEqual([wrong]);
  });
});

/** Numbers are kept together by spaces that do not break. */
const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

describe('words', () => {
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

  it('says the order of the classes in words, from alike to opposite', () => {
    const said = [0.98, 0.7, 0.4, 0.06, -0.116, -0.6].map(ordering);
    expect(said[0]).toContain('as the scores do');
    expect(said[3]).toBe(said[4]);
    expect(said.at(-1)).toContain('against');
    expect(new Set(said).size).toBe(5);
  });

  it('tells the time left', () => {
    expect([42, 200, 3700].map(timeLeft)).toEqual(['42 s left', '3 min 20 s left', '61 min left']);
  });
});

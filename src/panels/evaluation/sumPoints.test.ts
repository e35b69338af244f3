import { describe, expect, it } from 'vitest';
import { axisRanges, SumCollector } from './sumPoints.ts';
import { item } from './testing.ts';

describe('the scatter plots', () => {
  const items = [item(0), item(1, { scores: [-4, 7] })];

  it('has one point for each volume and class, in order', () => {
    const { points } = new SumCollector().collect(items);
    expect(points.grad.count).toBe(4);
    expect(Array.from(points.grad.x).slice(0, 4)).toEqual([3, 1, -4, 7]);
    expect(Array.from(points.grad.y).slice(0, 4)).toEqual([-30, 20, -30, 20]);
  });

  it('collects a list that grows as it does the whole, and starts over with another', () => {
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

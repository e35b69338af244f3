import { describe, expect, it } from 'vitest';
import {
  areaOf,
  BASELINES,
  type BaselineSource,
  baselineOrder,
  compareOrders,
  mapOrder,
  orderOf,
  TAKEN_SHARES,
  without,
} from './index.ts';

describe('orders', () => {
  it('take each voxel once, the highest first, ties the same in every run', () => {
    expect([...orderOf([1, 5, 3])]).toEqual([1, 2, 0]);
    const even = orderOf(new Float32Array(50));
    expect([...even].sort((a, b) => a - b)).toEqual([...even.keys()]);
    expect(even).toEqual(orderOf(new Float32Array(50)));
    expect([...even]).not.toEqual([...even.keys()]);
  });

  const source: BaselineSource = {
    input: Float32Array.from({ length: 64 }, (_, v) => (v === 21 ? -9 : Math.cos(v))),
    ...{ space: [4, 4, 4], channels: 1, layer: [2, 2, 2], contrast: undefined },
    activationSum: Float32Array.of(0, 0, 0, 0, 0, 0, 0, 1),
  };

  it('start at what each baseline means', () => {
    const first = (baseline: (typeof BASELINES)[number]) => baselineOrder(baseline, source)[0];
    expect(first('density')).toBe(21);
    expect(first('activations')).toBe(63);
    expect([21, 22, 25, 26, 37, 38, 41, 42]).toContain(first('centre'));
    for (const baseline of BASELINES)
      expect(new Set(baselineOrder(baseline, source)).size).toBe(64);
  });

  it('resize a map like the views', () => {
    const order = mapOrder(Float32Array.of(0, 1), [1, 1, 2], [1, 1, 4]);
    expect([...order]).toEqual([3, 2, 1, 0]);
  });
});

describe('deletion and insertion', () => {
  const seen = { input: Float32Array.from({ length: 512 }, (_, v) => Number(v < 2)), channels: 1 };

  it('replace voxels by the mean of their channel, or leave them alone', () => {
    const two = { input: Float32Array.of(1, 10, 3, 30), channels: 2 };
    expect([...without(two, Uint32Array.of(1, 0), 1, false)]).toEqual([1, 10, 2, 20]);
    expect([...without(two, Uint32Array.of(1, 0), 1, true)]).toEqual([2, 20, 3, 30]);
  });

  /** The score counts the two bright voxels. */
  const scoresOf = async (inputs: readonly Float32Array[]) =>
    inputs.map((input) => input[0] + input[1]);

  it('lose all at the first step by the right order, and keep it to the last by the wrong one', async () => {
    const right = () => orderOf(seen.input);
    const wrong = () => orderOf(seen.input.map((value) => -value));
    const { curves, all, empty } = await compareOrders(
      seen,
      [
        ['respond', right],
        ['grad', wrong],
      ],
      scoresOf,
    );
    const mean = 2 / 512;
    expect([all, empty]).toEqual([2, expect.closeTo(2 * mean, 6)]);
    expect(curves.respond!.deletion.scores).toHaveLength(TAKEN_SHARES.length);
    // Only the first end of the curve is above the empty box: half a step of nine.
    expect(curves.respond!.deletion.area).toBeCloseTo(0.5 / 9, 6);
    expect(curves.respond!.insertion.area).toBeCloseTo(8.5 / 9, 6);
    expect(curves.grad!.deletion.area).toBeCloseTo(8.5 / 9, 6);
    expect(curves.grad!.insertion.area).toBeCloseTo(0.5 / 9, 6);
  });

  it('has no area where the empty box scores as high', () => {
    expect(areaOf([1, 2, 1], { all: 1, empty: 1 })).toBeNull();
    expect(areaOf([1, 2, 3], { all: 1, empty: 3 })).toBeNull();
    expect(areaOf([4, 3, 2], { all: 4, empty: 2 })).toBeCloseTo(0.5, 12);
  });

  it('say how far they are', async () => {
    const fractions: number[] = [];
    await compareOrders(seen, [['cam', () => orderOf(seen.input)]], scoresOf, (f) =>
      fractions.push(f),
    );
    expect(fractions).toEqual([0, 1]);
  });
});

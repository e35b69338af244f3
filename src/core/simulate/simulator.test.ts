import { describe, expect, it } from 'vitest';
import { createSimulator, resolveSpec, type SimulationSpec } from './index.ts';
import { createRandom } from './random.ts';
import { blobs, testTemplates } from './test-templates.ts';

function draw(spec: Partial<SimulationSpec>, items: readonly (readonly [number, number])[]) {
  const simulator = createSimulator(testTemplates(), spec);
  return new Map(
    items.map(([c, i]) => {
      const out = new Float32Array(40 ** 3);
      simulator.simulate(c, i, out);
      return [`${c}/${i}`, out] as const;
    }),
  );
}

/** Bit by bit. */
function same(a?: Float32Array, b?: Float32Array): boolean {
  if (a?.length !== 40 ** 3 || b?.length !== a.length) return false;
  return a.every((v, i) => Object.is(v, b[i]));
}

describe('createSimulator', () => {
  it.each(['fourier', 'projection'] as const)(
    '%s: a volume depends on seed, class and index alone, in any order and by any simulator',
    (model) => {
      const spec: Partial<SimulationSpec> = { model, snr: 0.1, seed: 42 };
      const items = [
        [0, 0],
        [1, 0],
        [0, 7],
      ] as const;
      const forwards = draw(spec, items);
      const backwards = draw(spec, [...items].reverse());
      for (const [key, volume] of forwards) expect(same(backwards.get(key), volume)).toBe(true);
      for (const item of items.slice(2)) {
        const [alone] = draw(spec, [item]).values();
        expect(same(alone, forwards.get(`${item[0]}/${item[1]}`))).toBe(true);
      }
      const [other] = draw({ ...spec, seed: 43 }, [[0, 0]]).values();
      expect(same(other, forwards.get('0/0'))).toBe(false);
      expect(same(forwards.get('0/0'), forwards.get('0/7'))).toBe(false);
    },
  );

  it('has the same pose at every SNR, shifts within the limit', () => {
    const clean = createSimulator(testTemplates(), {});
    const noisy = createSimulator(testTemplates(), { snr: 0.1 });
    for (let i = 0; i < 50; i++) {
      const pose = clean.pose(0, i);
      expect(noisy.pose(0, i)).toEqual(pose);
      expect(Math.hypot(...pose.rotation)).toBeCloseTo(1, 12);
      for (const s of pose.shift) expect(Math.abs(s)).toBeLessThanOrEqual(10);
    }
  });

  it.each([
    [{ snr: 0 }, /SNR 0 .*above 0/],
    [{ snr: Number.NaN }, /SNR NaN/],
    [{ tilt: 95 }, /tilt 95 degrees .*1 to 90/],
    [{ tiltStep: 0 }, /tilt step 0 degrees/],
    [{ seed: -1 }, /seed -1/],
    [{ seed: 1.5 }, /seed 1.5/],
    [{ shift: -3 }, /shift -3 Å/],
    [{ model: 'magic' as 'fourier' }, /model magic/],
  ])('refuses %j in a sentence', (partial, message) => {
    expect(() => resolveSpec(partial)).toThrow(message);
  });

  it('refuses unknown classes, wrong outputs, no templates and mixed grids', () => {
    const simulator = createSimulator(testTemplates());
    expect(() => simulator.simulate(2, 0, new Float32Array(64000))).toThrow(/No class 2/);
    expect(() => simulator.simulate(0, -1, new Float32Array(64000))).toThrow(/index/);
    expect(() => simulator.simulate(0, 0, new Float32Array(10))).toThrow(/64000/);
    expect(() => createSimulator([])).toThrow(/at least one/);
    const small = { id: 's', name: 's', volume: blobs(20, []) };
    expect(() => createSimulator([...testTemplates(), small])).toThrow(/Template s has 20/);
  });
});

describe('createRandom', () => {
  it('gives uniform and normal numbers, and unrelated streams for neighbouring keys', () => {
    const n = 50000;
    const a = createRandom(1, 2, 3);
    const b = createRandom(1, 2, 4);
    let mean = 0;
    let square = 0;
    let fourth = 0;
    let product = 0;
    let uniform = 0;
    let inside = true;
    for (let i = 0; i < n; i++) {
      const x = a.normal();
      mean += x / n;
      square += x ** 2 / n;
      fourth += x ** 4 / n;
      product += (x * b.normal()) / n;
      const u = a.uniform();
      inside &&= u >= 0 && u < 1;
      uniform += u / n;
    }
    expect(inside).toBe(true);
    // Five standard errors.
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(square - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
    expect(Math.abs(fourth - 3)).toBeLessThan((5 * Math.sqrt(96)) / Math.sqrt(n));
    expect(Math.abs(product)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(uniform - 0.5)).toBeLessThan(5 / Math.sqrt(12 * n));
  });
});

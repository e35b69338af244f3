import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { createSimulator } from '../simulator.ts';
import { testTemplates } from '../test-templates.ts';
import { BACKGROUNDS } from './backgrounds.ts';
import { drawValue } from './draw.ts';
import { NUMBER_FIELDS } from './fields.ts';
import { drawImaging, parseRecipe, type Recipe, RECIPES } from './recipe.ts';
import { createVariedSimulator, labelOf } from './varied.ts';

const VOXELS = 40 ** 3;

function draw(recipe: Recipe, kind = 0, index = 0): Float32Array {
  const out = new Float32Array(VOXELS);
  createVariedSimulator(testTemplates(), recipe, 1).simulate(kind, index, out);
  return out;
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (v: Float32Array) => v.reduce((s, x) => s + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

const variance = (v: Float32Array) => {
  const mean = v.reduce((s, x) => s + x, 0) / v.length;
  return v.reduce((s, x) => s + (x - mean) ** 2, 0) / v.length;
};

const difference = (a: Float32Array, b: Float32Array) => a.map((v, i) => v - b[i]);

describe('createVariedSimulator', () => {
  it('without a row draws the volumes of the usual simulator', () => {
    const out = new Float32Array(VOXELS);
    createSimulator(testTemplates(), { seed: 1 }).simulate(1, 3, out);
    const own = draw({}, 1, 3);
    expect(Math.sqrt(variance(difference(own, out)) / variance(out))).toBeLessThan(1e-5);
  });

  it('has the SNR that was asked for, over the box as in a band', () => {
    const ratio = (recipe: Recipe) => {
      const clean = draw({ ...recipe, snr: Number.POSITIVE_INFINITY });
      return variance(clean) / variance(difference(draw(recipe), clean));
    };
    expect(ratio({ snr: 0.1 })).toBeCloseTo(0.1, 2);
    expect(ratio({ snr: 2, noiseColour: 2, tilt: 40, axis: 30 })).toBeCloseTo(2, 1);
    expect(ratio({ snr: 1, snrBand: 40 })).toBeLessThan(0.3); // most white noise is outside the band
  });

  it('turns the wedge with the tilt axis', () => {
    const y = draw({ tilt: 40 });
    const x = draw({ tilt: 40, axis: 90 });
    expect(correlation(x, draw({ tilt: 40, axis: -90 }))).toBeGreaterThan(0.9999);
    expect(correlation(x, y)).toBeLessThan(0.99);
  });

  it('gives a mean of particles more signal to noise and no wedge', () => {
    const whole = draw({ tilt: 90 });
    const single = correlation(draw({ snr: 0.1 }), whole);
    const mean = correlation(draw({ snr: 0.1, averaged: 20 }), whole);
    expect(mean).toBeGreaterThan(single + 0.3);
    expect(correlation(draw({ averaged: 20 }), whole)).toBeGreaterThan(
      correlation(draw({}), whole),
    );
  });

  it('moves, resizes and crowds particles', () => {
    const plain = draw({ shift: 0 });
    const changes: Recipe[] = [{ offset: 30 }, { scale: 1.2 }, { neighbours: 1 }, { ctf: 'none' }];
    for (const change of changes) {
      const r = correlation(plain, draw({ shift: 0, ...change }));
      expect(r, JSON.stringify(change)).toBeLessThan(0.97);
    }
  });

  it('keeps the molecule dark however its contrast is transferred', () => {
    for (const ctf of ['modulated', 'flipped', 'none'] as const) {
      const out = draw({ ctf, shift: 0, tilt: 90 });
      const most = out.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
      expect(most, ctf).toBeLessThan(0);
    }
  });

  it('has a class for backgrounds, never empty of noise', () => {
    const recipe: Recipe = { background: true };
    const simulator = createVariedSimulator(testTemplates(), recipe, 1);
    expect(simulator.kinds).toHaveLength(2 + BACKGROUNDS.length);
    for (const kind of simulator.kinds.keys()) {
      const out = new Float32Array(VOXELS);
      simulator.simulate(kind, 0, out);
      expect(out.every(Number.isFinite)).toBe(true);
      expect(variance(out)).toBeGreaterThan(0);
      expect(labelOf(kind, 2)).toBe(Math.min(kind, 2));
    }
    expect(() => simulator.simulate(20, 0, new Float32Array(VOXELS))).toThrow(/No kind 20/);
  });
});

describe('recipes', () => {
  it('draw what the same key has drawn before, within their limits', () => {
    for (let i = 0; i < 200; i++) {
      const drawn = drawImaging(RECIPES.real, 7, i);
      expect(drawImaging(RECIPES.real, 7, i)).toEqual(drawn);
      for (const [name, { least, most }] of Object.entries(NUMBER_FIELDS)) {
        const value = drawn[name as keyof typeof NUMBER_FIELDS];
        if (value === Number.POSITIVE_INFINITY) continue;
        expect(value, name).toBeGreaterThanOrEqual(least);
        expect(value, name).toBeLessThanOrEqual(most);
      }
    }
  });

  it('mix rows by their weights and draw steps to the last', () => {
    const random = createRandom(1);
    const counts = new Map<number, number>();
    for (let i = 0; i < 4000; i++) {
      const value = drawValue(
        {
          mix: [
            [3, 1],
            [1, { uniform: [10, 20], step: 5 }],
          ],
        },
        random,
      );
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([1, 10, 15, 20]);
    expect(counts.get(1)! / 4000).toBeCloseTo(0.75, 1);
    expect(counts.get(20)! / 1000).toBeCloseTo(1 / 3, 1);
  });

  const parse = (document: unknown) =>
    parseRecipe(new TextEncoder().encode(JSON.stringify(document)), 'r.json');

  it('are read from JSON', () => {
    const recipe = {
      snr: {
        mix: [
          [1, 'inf'],
          [1, { log: [0.1, 10] }],
        ],
      },
      ctf: 'none',
      tilt: 50,
    };
    expect(parse(recipe)).toEqual({
      snr: {
        mix: [
          [1, Number.POSITIVE_INFINITY],
          [1, { log: [0.1, 10] }],
        ],
      },
      ctf: 'none',
      tilt: 50,
    });
  });

  it.each([
    [{ tilt: 95 }, /r\.json: "tilt" is 95; accepted: a number from 1 to 90/],
    [{ tilt: 'inf' }, /"tilt" is "inf"/],
    [{ tilt: { uniform: [60, 40] } }, /"tilt" is \{"uniform":\[60,40\]\}/],
    [{ snr: { log: [0, 1] } }, /"snr" is/],
    [{ averaged: 1.5 }, /"averaged" is 1.5; accepted: a whole number from 1 to 1000/],
    [{ averaged: { log: [1, 10] } }, /"averaged" is/],
    [{ ctf: 'phase' }, /"ctf" is "phase"; accepted: modulated, flipped, none/],
    [
      { shift: { mix: [[0, 1]] } },
      /"shift\.mix\[0\]" is \[0,1\]; accepted: \[weight above 0, how\]/,
    ],
    [{ shift: { mix: [[1, -1]] } }, /"shift\.mix\[0\]\[1\]" is -1/],
    [{ tlit: 50 }, /"tlit" is unknown; accepted: .*tilt/],
    [{ background: 1 }, /"background" is 1; accepted: true, false/],
    [[], /is \[\]; accepted: an object/],
  ])('refuse %j', (document, message) => {
    expect(() => parse(document)).toThrow(message);
  });
});

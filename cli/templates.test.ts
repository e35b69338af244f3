import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  createSimulator,
  type SampleEntry,
  SEEDS,
  TEMPLATE_GRID,
  type TemplateIndex,
} from '../src/core/simulate/index.ts';
import { measureDensity } from '../src/core/structure/index.ts';
import { openVolume } from '../src/core/volume/index.ts';
import { loadTemplates } from './templates.ts';

function json<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`../public/${path}`, import.meta.url), 'utf8')) as T;
}

describe('bundled templates', () => {
  it('are 23, centred, inside the box, and weigh what their index says', async () => {
    const templates = await loadTemplates();
    const index = json<TemplateIndex>('templates/index.json');
    expect(templates).toHaveLength(23);
    for (const [i, { id, volume }] of templates.entries()) {
      const { box, voxelSize } = TEMPLATE_GRID;
      expect(volume.shape).toEqual([box, box, box]);
      const extent = measureDensity(volume);
      const { massKDa, radiusOfGyration } = index.classes[i] as TemplateIndex['classes'][number];
      expect(Math.hypot(...extent.centre), id).toBeLessThan(1);
      expect(extent.radius, id).toBeLessThan((box * voxelSize) / 2 - voxelSize);
      expect((extent.electrons * 2) / 1000 / massKDa, id).toBeCloseTo(1, 2);
      expect(extent.radiusOfGyration / radiusOfGyration, id).toBeCloseTo(1, 2);
    }
  });
});

describe('bundled samples', () => {
  it('are what the simulator draws from their seed today, within 1e-5 of the largest value', async () => {
    const samples = json<SampleEntry[]>('samples/index.json');
    expect(samples).toHaveLength(46);
    const templates = await loadTemplates();
    const expected = new Float32Array(40 ** 3);
    for (const { path, classIndex, index, snr, spec } of samples.slice(0, 4)) {
      expect(spec.seed).toBe(SEEDS.samples);
      const simulator = createSimulator(templates, {
        seed: SEEDS.samples,
        snr: snr === 'inf' ? Number.POSITIVE_INFINITY : snr,
      });
      simulator.simulate(classIndex, index, expected);
      const bytes = readFileSync(new URL(`../public/${path}`, import.meta.url));
      const { data } = openVolume(bytes, path).volume;
      const peak = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      const worst = expected.reduce((m, v, i) => Math.max(m, Math.abs(v - data[i])), 0);
      expect(worst / peak, path).toBeLessThan(1e-5);
    }
  });
});

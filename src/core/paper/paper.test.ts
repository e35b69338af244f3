import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../evaluation/index.ts';
import type { FloatVolume } from '../volume/types.ts';
import {
  byPeak,
  measuredRow,
  PAPER_FIGURES,
  PAPER_NETWORKS,
  panelsOf,
  questionsOf,
  table1Markdown,
  table1Rows,
} from './index.ts';

const PUBLIC = join(import.meta.dirname, '..', '..', '..', 'public');
const json = (...path: string[]) => JSON.parse(readFileSync(join(PUBLIC, ...path), 'utf8'));

const panels = panelsOf(PAPER_FIGURES);

describe('the figures', () => {
  it('name samples of the gallery, object and noisy input in one pose', () => {
    const samples: { id: string; classId: string; rotation: number[]; shift: number[] }[] = json(
      'samples',
      'index.json',
    );
    const find = (id: string) => samples.find((sample) => sample.id === id);
    for (const { sample } of panels) expect(find(sample), sample).toBeDefined();
    for (const { rows } of PAPER_FIGURES) {
      for (const row of rows) {
        const poses = row.panels.map(({ sample }) => {
          const { classId, rotation, shift } = find(sample)!;
          return { classId, rotation, shift };
        });
        for (const pose of poses) expect(pose).toEqual(poses[0]);
      }
    }
  });

  it('ask for layers that the networks have', () => {
    const { modelTopology } = json('models', 'cnn-2-inf', 'model.json');
    const text = JSON.stringify(modelTopology);
    for (const { map } of panels) if (map) expect(text).toContain(`"name":"${map.layer}"`);
  });

  it('give every panel and row an id of its own', () => {
    const ids = [...panels, ...PAPER_FIGURES.flatMap(({ rows }) => rows)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are asked network by network, every panel once, each sample in one question', () => {
    const questions = questionsOf(PAPER_FIGURES);
    const asked = [...questions].flatMap(([network, list]) =>
      list.flatMap(({ sample, layers, methods, panels: shown }) =>
        shown.map((panel) => {
          expect(panel.map.network).toBe(network);
          expect(panel.sample).toBe(sample);
          expect(layers).toContain(panel.map.layer);
          expect(methods).toContain(panel.map.method);
          return panel.id;
        }),
      ),
    );
    expect([...asked].sort()).toEqual(
      panels
        .filter(({ map }) => map)
        .map(({ id }) => id)
        .sort(),
    );
    for (const list of questions.values()) {
      expect(new Set(list.map(({ sample }) => sample)).size).toBe(list.length);
    }
  });
});

describe('normalisation', () => {
  const volume = (values: number[]): FloatVolume => ({
    data: Float32Array.from(values),
    shape: [1, 1, values.length],
    voxelSize: [10, 10, 10],
    origin: [0, 0, 0],
  });

  it('divides by the largest magnitude and keeps signs and ratios, at every scale', () => {
    for (const scale of [1e-9, 1, 1e9]) {
      const { map, peak } = byPeak(volume([0.5 * scale, -2 * scale, 0, scale]));
      expect(peak / (2 * scale)).toBeCloseTo(1, 6);
      for (const [i, value] of [0.25, -1, 0, 0.5].entries()) {
        expect(map.data[i]).toBeCloseTo(value, 6);
      }
    }
  });

  it('leaves a map of zeros as it is', () => {
    const zeros = volume([0, 0]);
    expect(byPeak(zeros)).toEqual({ map: zeros, peak: 0 });
  });
});

describe('Table 1', () => {
  const spread = (mean: number) => ({ mean, std: 0.25, n: 9 });
  const evaluation = {
    model: 'cnn-2-0.1',
    layer: 'maxpool2',
    n: 9,
    labelled: 9,
    accuracy: 8 / 9,
    l1: { grad: spread(12), respond: spread(0.5), hirescam: spread(0.5) },
    kendallTau: { grad: spread(-0.5), respond: spread(0.9751), hirescam: spread(0.97) },
    ledger: { heatmap: 0.99, bias: 0.0094, residual: 0, magnitude: null },
    activationSpread: spread(0.47),
    tauBySpread: { grad: 0.89, respond: 0.1, hirescam: 0.1 },
    specificity: {
      activationSum: { grad: spread(0), respond: spread(0.987), hirescam: spread(0.5) },
      runnerUp: { grad: spread(0), respond: spread(0.973), hirescam: spread(0.5) },
    },
    predictedSum: {
      grad: { negative: 4, largest: 1 },
      respond: { negative: 0, largest: 9 },
      hirescam: { negative: 0, largest: 9 },
    },
    items: [1, 2, 3],
  } as unknown as Evaluation;

  it('keeps of an evaluation what the table shows, not its records', () => {
    const row = measuredRow(evaluation);
    expect(row).not.toHaveProperty('items');
    const rows = table1Rows([row]);
    expect(rows.map(({ network }) => network)).toEqual(Object.keys(PAPER_NETWORKS));
    expect(rows.map(({ measured }) => measured !== null)).toEqual([false, false, false, true]);
  });

  it('stands without measurements and with a document that is not one', () => {
    for (const document of [null, {}, 'x', [null, { model: 'cnn-2-0.1' }]]) {
      expect(table1Rows(document).every(({ measured }) => measured === null)).toBe(true);
    }
  });

  it('prints measured and published numbers, with true minus signs', () => {
    const lines = table1Markdown(table1Rows([measuredRow(evaluation)])).split('\n');
    const columns = lines.map((line) => line.split('|').length);
    expect(new Set(columns).size).toBe(1);
    const line = (start: RegExp) => lines.find((text) => start.test(text));
    expect(line(/τ.*Grad-CAM/)).toContain('−0.500 ± 0.250<br>(0.458 ± 0.260)');
    expect(line(/τ.*Grad-CAM/)).toContain('–<br>(−0.116 ± 0.341)');
    expect(line(/τ.*Respond-CAM/)).toContain('0.975 ± 0.250<br>(0.984 ± 0.013)');
    expect(line(/Accuracy/)).toContain('88.9%');
    expect(line(/Bias share/)).toContain('0.94%');
    expect(line(/participation ratio/)).toContain('0.470 ± 0.250');
    expect(line(/below 0/)).toContain('4 of 9');
  });
});

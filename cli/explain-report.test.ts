import { expect, it } from 'vitest';
import type { Explanation } from '../src/engine/types.ts';
import { fileName } from './explain-files.ts';
import { explainDocument } from './explain-report.ts';

const explanation = (kappa: number) =>
  ({
    backend: 'wasm',
    scores: [1],
    probabilities: [1],
    predicted: 0,
    layers: [
      { name: 'a', shape: [1], channels: 1, kappa: { max: kappa, unsafeChannels: 1 }, classes: [] },
    ],
    timing: { forward: 0, explain: 0, total: 0 },
  }) as unknown as Explanation;
const input = { data: new Float32Array(1), shape: [1], steps: [], report: null } as never;
const grid = { grid: { voxelSize: [1, 1, 1] } };

it('writes the kappa of a channel that sums to exactly 0 as a number', () => {
  const written = (kappa: number) => {
    const document = explainDocument(
      'net',
      { ...(input as object), ...grid } as never,
      explanation(kappa),
      { files: () => undefined, factsOf: () => undefined as never, warnings: [] },
    );
    return JSON.parse(JSON.stringify(document)).layers[0].kappa.max;
  };
  expect(written(12.5)).toBe(12.5);
  expect(written(Number.POSITIVE_INFINITY)).toBe(Number.MAX_VALUE);
});

it('gives maps of layers with special names files of their own', () => {
  const names = ['a/b.0.grad', 'a_b.0.grad', 'a\\b.0.grad', 'a%2Fb.0.grad', 'a:b.0.grad'];
  const files = names.map(fileName);
  expect(new Set(files).size).toBe(names.length);
  expect(files.join('')).not.toMatch(/[/\\:]/);
  expect(files[1]).toBe(names[1]);
});

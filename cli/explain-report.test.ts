import { expect, it } from 'vitest';
import type { Explanation } from '../src/engine/types.ts';
import { FileNames } from './explain-files.ts';
import { explainDocument } from './explain-report.ts';

const explanation = (kappa: number) =>
  ({
    backend: 'wasm',
    scores: [1],
    target: { kind: 'class', output: 'y' },
    probabilities: [1],
    predicted: 0,
    layers: [
      {
        name: 'a',
        declared: {},
        shape: [1],
        channels: 1,
        kappa: { max: kappa, unsafeChannels: 1 },
        classes: [],
      },
    ],
    timing: { forward: 0, explain: 0, total: 0 },
  }) as unknown as Explanation;
const input = { data: new Float32Array(1), shape: [1], steps: [], report: null } as never;
const grid = { grid: { voxelSize: [1, 1, 1] } };

it('writes the kappa of a channel that sums to exactly 0 as null', () => {
  const written = (kappa: number) => {
    const document = explainDocument(
      'net',
      { ...(input as object), ...grid } as never,
      explanation(kappa),
      {
        ...{ info: {} as never, names: [] },
        files: () => undefined,
        factsOf: () => undefined as never,
        place: { particle: null, ...grid } as never,
        warnings: [],
      },
    );
    return JSON.parse(JSON.stringify(document)).layers[0].kappa.max;
  };
  expect(written(12.5)).toBe(12.5);
  expect(written(Number.POSITIVE_INFINITY)).toBeNull();
});

it('gives maps of layers with special names files of their own', () => {
  const names = new FileNames();
  const layers = ['a/b', 'a_b', 'a:b', 'a/b', 'A/B', 'conv1.0-x'];
  expect(layers.map((layer) => names.of(layer, '0.grad'))).toEqual([
    'a_b.0.grad',
    'a_b~2.0.grad',
    'a_b~3.0.grad',
    'a_b.0.grad',
    'A_B~4.0.grad',
    'conv1.0-x.0.grad',
  ]);
});

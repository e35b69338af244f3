import { describe, expect, it } from 'vitest';
import type { Node } from '../graph/types.ts';
import { targetKey } from '../../core/target/index.ts';
import { rowOf, TARGETS } from './rows.ts';
import type { Region, Target } from '../../core/target/index.ts';

function node(shape: readonly number[], layout: 'channels-first' | 'channels-last' | null): Node {
  const declared =
    layout === 'channels-first' ? [shape[shape.length - 1], ...shape.slice(0, -1)] : shape;
  return { name: 'y', shape, declared: { kind: 'Conv', shape: declared, layout } } as never;
}

/** Numbers that repeat nowhere, so that no order is right by chance. */
const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(3 * i));

/** Largest difference of the seed from central differences of the score, relative to the largest derivative. */
function seedError(shape: readonly number[], target: Target, index: number): number {
  const row = rowOf(target);
  const own = node(shape, 'channels-first');
  const values = numbers(shape.reduce((a, b) => a * b, 1));
  const seed = new Float32Array(values.length);
  row.seed({ node: own, values }, target, index, seed, 'plain');
  const step = 1e-2;
  const score = (i: number, by: number) => {
    const moved = Float32Array.from(values);
    moved[i] += by;
    return row.scores({ node: own, values: moved }, target)[index];
  };
  const errors = Array.from(seed, (d, i) =>
    Math.abs(d - (score(i, step) - score(i, -step)) / (2 * step)),
  );
  return Math.max(...errors) / Math.max(...seed.map(Math.abs));
}

const region = (one: Region): Target => ({ kind: 'segmentation', region: one });

describe('seeds are the derivatives of the scores', () => {
  it.each<[string, readonly number[], Target, number]>([
    ['class', [5], { kind: 'class' }, 2],
    ['difference', [5], { kind: 'difference', against: 4 }, 1],
    ['value of a vector', [5], { kind: 'value' }, 3],
    ['value in space', [2, 3, 2, 4], { kind: 'value' }, 17],
    ['similarity', [6], { kind: 'similarity', reference: numbers(6).map((x) => 1 - x) }, 0],
    ['several', [6], { kind: 'similarity', reference: numbers(18).map((x) => 1 - x) }, 2],
    ['ball', [3, 4, 5, 2], region({ kind: 'ball', centre: [1, 1, 2], radius: 1.5 }), 1],
    ['box', [3, 4, 5, 2], region({ kind: 'box', from: [0, 1, 1], to: [2, 3, 5] }), 0],
    ['box in 2D', [4, 5, 3], region({ kind: 'box', from: [1, 1], to: [2, 5] }), 2],
    [
      'mask',
      [2, 2, 2, 2],
      region({ kind: 'mask', voxels: Uint8Array.of(0, 1, 1, 0, 0, 9, 0, 0) }),
      1,
    ],
  ])('%s', (_, shape, target, index) => {
    expect(seedError(shape, target, index)).toBeLessThan(1e-3);
  });
});

describe('voxels predicted as a class', () => {
  const predicted = { kind: 'segmentation', region: { kind: 'predicted' } } as const;
  const { scores, voxels, labels } = TARGETS.segmentation;

  it('have its label; 0 where no class decides for itself', () => {
    const labelsOf = (own: Node, ...values: number[]) =>
      labels!({ node: own, values: Float32Array.from(values) });
    expect([...labelsOf(node([1, 1, 3, 2], 'channels-last'), 1, 2, 3, 3, -2, -1)]).toEqual([
      2, 1, 2,
    ]);
    expect([...labelsOf(node([1, 2, 2, 1], null), 1, 0, -1, 5)]).toEqual([1, 0, 0, 1]);
    const two = node([1, 1, 2, 2], 'channels-last');
    const alone = { ...two, declared: { ...two.declared, independent: true } } as Node;
    expect([...labelsOf(alone, -1, -2, 1, 3)]).toEqual([0, 2]);
  });

  it('are those of its largest score, of equals the first class', () => {
    const values = Float32Array.of(1, 2, 3, 3, -1, -2);
    const output = { node: node([1, 1, 3, 2], 'channels-last'), values };
    expect([...scores(output, predicted)]).toEqual([3 - 1, 2]);
    expect(voxels!(output, predicted)).toEqual([2, 1]);
  });

  it('are those above 0 where there is one class', () => {
    const output = { node: node([1, 2, 2, 1], null), values: Float32Array.of(1, 0, -1, 5) };
    expect([...scores(output, predicted)]).toEqual([6]);
    expect(voxels!(output, predicted)).toEqual([2]);
  });
});

it('counts values in the order of the file', () => {
  const output = { node: node([1, 2, 2, 3], 'channels-first'), values: numbers(12) };
  const [, second] = TARGETS.value.scores(output, { kind: 'value' });
  // The second number of a channels-first file is the first channel of the second voxel.
  expect(second).toBe(output.values[3]);
});

it.each<[string, readonly number[], Target, RegExp]>([
  ['a class of an output in space', [2, 2, 2, 3], { kind: 'class' }, /accepted: a vector/],
  ['a class to compare with', [3], { kind: 'difference', against: 3 }, /accepted: 0 to 2/],
  ['segmentation of a vector', [3], region({ kind: 'predicted' }), /an output in space/],
  [
    'a ball outside',
    [4, 4, 4, 1],
    region({ kind: 'ball', centre: [9, 0, 0], radius: 1 }),
    /centre z, y, x inside/,
  ],
  [
    'a box of no voxel',
    [4, 4, 4, 1],
    region({ kind: 'box', from: [1, 1, 1], to: [1, 2, 2] }),
    /first voxel/,
  ],
  [
    'a mask of another size',
    [2, 2, 2, 1],
    region({ kind: 'mask', voxels: new Uint8Array(7) }),
    /2 x 2 x 2/,
  ],
  [
    'a reference of another length',
    [3],
    { kind: 'similarity', reference: numbers(4) },
    /a vector of 3/,
  ],
  [
    'a reference without direction',
    [2],
    { kind: 'similarity', reference: new Float32Array(2) },
    /not all 0/,
  ],
])('refuses %s', (_, shape, target, message) => {
  expect(rowOf(target).refusal(node(shape, 'channels-last'), target)).toMatch(message);
});

it('has another key for another mask', () => {
  const key = (voxels: Uint8Array) => targetKey(region({ kind: 'mask', voxels }));
  expect(key(Uint8Array.of(0, 1))).not.toBe(key(Uint8Array.of(1, 0)));
  expect(key(Uint8Array.of(0, 1))).toBe(key(Uint8Array.of(0, 1)));
});

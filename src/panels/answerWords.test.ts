import { expect, test } from 'vitest';
import { answerWords } from './answerWords.ts';

const one = { predicted: 0, probabilities: null, count: 1 };

test.each([
  ['finds', 'in 811 voxels', { kind: 'segmentation', region: 'predicted', voxels: [811] }],
  ['finds', 'in 1 voxel', { kind: 'segmentation', region: 'predicted', voxels: [1] }],
  ['finds', 'nowhere', { kind: 'segmentation', region: 'predicted', voxels: [0] }],
  ['scores', 'in 257 voxels', { kind: 'segmentation', region: 'ball', voxels: [257] }],
  ['says', null, { kind: 'class', probabilities: [0.98] }],
  ['says no to', null, { kind: 'class', probabilities: [0.03] }],
  ['scores', null, { kind: 'class' }],
  ['gives', null, { kind: 'value' }],
  ['compares it with', null, { kind: 'similarity' }],
] as const)('the only number of a network: %s, %s', (verb, extent, answer) => {
  expect(answerWords({ ...one, ...answer })).toEqual({ verb, extent });
});

test('the largest of several', () => {
  const two = { ...one, count: 2, predicted: 1, kind: 'segmentation' } as const;
  expect(answerWords({ ...two, region: 'predicted', voxels: [4, 811] })).toEqual({
    verb: 'gives most to',
    extent: '811 voxels',
  });
});

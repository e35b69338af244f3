import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { torchNetwork } from '../index.ts';
import { inMemory } from '../../../model/stored.ts';

const folder = 'fixtures/checkpoints/nnunet_plain';
const bytes = new Uint8Array(readFileSync(`${folder}/fold_0/checkpoint_final.pth`));

/** What nnU-Net would do to a volume if its plans named this normalisation. */
function factsWith(scheme: string) {
  const plans = JSON.parse(readFileSync(`${folder}/plans.json`, 'utf8'));
  plans.configurations['3d_fullres'].normalization_schemes = [scheme];
  return torchNetwork(inMemory(bytes), 'checkpoint_final.pth', {
    config: plans,
    inputShape: [8, 16, 24],
  });
}

it.each([
  ['ZScoreNormalization', 'zscore', undefined],
  ['NoNormalization', 'none', undefined],
  [
    'CTNormalization',
    'preprocessing',
    [
      { id: 'clip', min: -3.4, max: 2.2 },
      { id: 'fixed_zero_mean_unit_variance', mean: [-0.62], std: [1.1] },
    ],
  ],
  [
    'RescaleTo01Normalization',
    'preprocessing',
    [{ id: 'scale_range', low: 0, high: 100, eps: 1e-8, apart: true }],
  ],
])('%s of the plans is carried out', (scheme, normalization, steps) => {
  const { facts, notes } = factsWith(scheme);
  expect([facts.normalization, facts.steps]).toEqual([normalization, steps]);
  expect(notes.join()).not.toMatch('not done here');
});

it('says which normalisation it does not know', () => {
  const { facts, notes } = factsWith('OwnNormalization');
  expect(facts.normalization).toBeUndefined();
  expect(notes.join()).toMatch('by OwnNormalization, which is not done here');
});

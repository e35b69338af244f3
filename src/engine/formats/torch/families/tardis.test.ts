import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { applySteps } from '../../../../core/preprocessing/index.ts';
import { inMemory } from '../../../model/stored.ts';
import { torchNetwork } from '../index.ts';

const path = 'fixtures/checkpoints/tardis_unet/model.pth';

it.each([1e-3, 1, 1e6])('brings percentiles 1 and 99 to -1 and 1, for values of %s', (size) => {
  const file = inMemory(new Uint8Array(readFileSync(path)));
  const { facts } = torchNetwork(file, path, { inputShape: [16, 16, 16] });
  expect(facts.normalization).toBe('preprocessing');
  const ramp = Float32Array.from({ length: 101 }, (_, i) => size * (i - 20));
  const scaled = applySteps(ramp, facts.steps ?? [], 1);
  for (const [i, value] of [
    [0, -1],
    [1, -1],
    [50, 0],
    [99, 1],
    [100, 1],
  ])
    expect(scaled[i]).toBeCloseTo(value, 5);
});

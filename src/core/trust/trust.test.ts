import { expect, it } from 'vitest';
import { type TrustFacts, trustLines } from './index.ts';

const side = { mass: 1, inside: 1, peak: null, centroid: null, extent: null, held: null };
const facts = (voxel: number, more: Partial<TrustFacts> = {}): TrustFacts => ({
  ...{
    sumsToScore: true,
    sum: 9.9,
    score: 10,
    ledger: { residual: 0, cam: 9.9 },
    tau: 0.97,
    l1: 0.1,
  },
  ...{ cancellation: 1.1, unit: 'nm', domain: [], rival: 'TRiC' },
  specificity: { activationSum: 0.4, runnerUp: 0.2 },
  where: {
    grid: { shape: [10, 10, 10], voxelSize: [voxel, voxel, voxel], origin: [0, 0, 0] },
    // A ball 0.4 of the edge wide: 4 voxels.
    particle: { by: 'mask', centre: [0, 0, 0], share: (Math.PI / 6) * 0.4 ** 3, most: 1 },
    ...{ positive: side, negative: side },
  },
  ...more,
});
const marks = (of: TrustFacts) =>
  Object.fromEntries(trustLines(of).map(({ id, mark }) => [id, mark]));

it('is content with a map that has no fault', () => {
  expect(marks(facts(40))).toEqual({
    ...{ adds: 'good', ranks: 'good', cancels: 'good' },
    ...{ resolution: 'good', input: 'good', specific: 'good' },
  });
});

it.each<[Partial<TrustFacts>, Record<string, string>]>([
  [{ sum: 6 }, { adds: 'care' }],
  [{ sum: -17 }, { adds: 'bad' }],
  [{ tau: 0.6 }, { ranks: 'care' }],
  [{ tau: -0.2 }, { ranks: 'bad' }],
  [{ tau: Number.NaN }, { ranks: 'unknown' }],
  [{ cancellation: 4 }, { cancels: 'care' }],
  [{ cancellation: Number.POSITIVE_INFINITY }, { cancels: 'bad' }],
  [{ domain: null }, { input: 'unknown' }],
  [
    { domain: [{ code: 'mean', severity: 'warning', message: 'Off.', remedy: 'zscore' }] },
    { input: 'bad' },
  ],
  [{ specificity: { activationSum: 0.99, runnerUp: 0.1 } }, { specific: 'bad' }],
  [{ specificity: { activationSum: null, runnerUp: -0.8 } }, { specific: 'care' }],
])('marks %j', (change, expected) => {
  expect(marks(facts(40, change))).toMatchObject(expected);
});

it('leaves out what says nothing about a map', () => {
  const found = marks(
    facts(40, {
      ...{ sumsToScore: false, tau: null, specificity: { activationSum: null, runnerUp: null } },
      where: { ...facts(40).where, particle: null },
    }),
  );
  expect(found).toEqual({ adds: 'unknown', input: 'good' });
});

it('says the size of the particle in voxels of the map, at any scale', () => {
  for (const voxel of [1e-2, 40, 1e5]) {
    const line = trustLines(facts(voxel)).find(({ id }) => id === 'resolution')!;
    expect(line.text).toBe('Resolves the particle: 4 voxels across');
  }
  const coarse = facts(40);
  const grid = { ...coarse.where.grid, shape: [5, 5, 5], voxelSize: [80, 80, 80] } as const;
  const [line] = trustLines({ ...coarse, where: { ...coarse.where, grid } }).filter(
    ({ id }) => id === 'resolution',
  );
  expect(line).toMatchObject({ mark: 'care', text: 'Coarse: 2 voxels across the particle' });
  expect(line.figures).toContain(
    '5³ voxels of 8 nm; a ball as large as the particle is 16 nm wide',
  );
});

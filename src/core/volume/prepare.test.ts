import { expect, test } from 'vitest';
import { cropPad } from './convert.ts';
import { boxCentre, voxelToWorld } from './grid.ts';
import { planFit, prepareInput, preparePart } from './prepare.ts';
import { takeRegion } from './region.ts';
import { computeStats } from './stats.ts';
import type { Shape3, SourceVolume } from './types.ts';

function noisy(shape: Shape3, size = 10, scale = 1): SourceVolume<Float32Array> {
  const data = Float32Array.from(
    { length: shape[0] * shape[1] * shape[2] },
    (_, i) => scale * (Math.sin(i * i) + 0.25),
  );
  return { data, shape, voxelSize: [size, size, size], voxelSizeKnown: true, origin: [0, 0, 0] };
}

/** A Gaussian blob of 30 Å about the middle of the box. */
function blob(n: number, size: number): SourceVolume<Float32Array> {
  const volume = noisy([n, n, n], size);
  const centre = boxCentre(volume);
  const data = volume.data.map((_, i) => {
    const at = voxelToWorld(volume, [i % n, Math.floor(i / n) % n, Math.floor(i / n / n)]);
    const r2 = at.reduce((sum, v, k) => sum + (v - centre[k]) ** 2, 0);
    return Math.exp(-r2 / (2 * 30 ** 2));
  });
  return { ...volume, data };
}

test('nothing to do leaves the values alone and says nothing', () => {
  const volume = noisy([4, 4, 4]);
  const { volume: out, steps } = prepareInput(volume, { shape: [4, 4, 4], voxelSize: 10 });
  expect(out.data).toBe(volume.data);
  expect(steps).toEqual([]);
});

test.each([1e-9, 1, 1e9])('z-score and unit variance at scale %g', (scale) => {
  const volume = noisy([6, 6, 6], 10, scale);
  const before = computeStats(volume.data);
  const z = prepareInput(volume, { shape: [6, 6, 6], normalization: 'zscore' });
  const zStats = computeStats(z.volume.data);
  expect(zStats.mean).toBeCloseTo(0, 6);
  expect(zStats.std).toBeCloseTo(1, 6);
  const unit = prepareInput(volume, { shape: [6, 6, 6], normalization: 'unit-variance' });
  const unitStats = computeStats(unit.volume.data);
  expect(unitStats.std).toBeCloseTo(1, 6);
  expect(unitStats.mean).toBeCloseTo(before.mean / before.std, 6);
  expect(z.steps).toHaveLength(1);
  expect(volume.data[5]).toBe(Math.fround(scale * (Math.sin(25) + 0.25)));
});

test('the choice of the user goes before that of the network', () => {
  const volume = noisy([4, 4, 4]);
  const expectation = { shape: [4, 4, 4], normalization: 'zscore' } as const;
  expect(prepareInput(volume, expectation, { normalization: 'none' }).steps).toEqual([]);
});

test('a constant volume does not become NaN', () => {
  const volume = { ...noisy([2, 2, 2]), data: new Float32Array(8).fill(3) };
  const { volume: out, steps } = prepareInput(volume, {
    shape: [2, 2, 2],
    normalization: 'zscore',
  });
  expect([...out.data]).toEqual(new Array(8).fill(0));
  expect(steps[0]).toMatch(/All values are equal/);
});

test('inverting keeps the mean and mirrors the rest', () => {
  const volume = noisy([4, 4, 4]);
  const before = computeStats(volume.data);
  const { volume: out, steps } = prepareInput(volume, { shape: [4, 4, 4] }, { invert: true });
  const after = computeStats(out.data);
  expect(after.mean).toBeCloseTo(before.mean, 6);
  expect(after.min).toBeCloseTo(2 * before.mean - before.max, 5);
  expect(steps).toEqual(['The contrast was inverted about the mean.']);
});

test('NaN becomes the mean of the rest, in words', () => {
  const volume = noisy([2, 2, 2]);
  volume.data[3] = NaN;
  const { volume: out, steps } = prepareInput(volume, { shape: [2, 2, 2] });
  expect(out.data[3]).toBeCloseTo(computeStats(volume.data).mean, 6);
  expect(steps[0]).toMatch(/^1 NaN or infinite value/);
});

test('another box is refused unless asked to fit', () => {
  const volume = noisy([48, 48, 48]);
  expect(() => prepareInput(volume, { shape: [40, 40, 40] })).toThrow(
    'The volume has 48³ voxels, but the network takes 40³',
  );
  const { volume: out, steps } = prepareInput(volume, { shape: [40, 40, 40] }, { fit: 'crop' });
  expect(out.data[0]).toBe(volume.data[(4 * 48 + 4) * 48 + 4]);
  expect(out.origin).toEqual([40, 40, 40]);
  expect(steps).toEqual(['Cropped about the centre: 48³ to 40³.']);
});

test('cropping what was padded gives the original, for even and odd sizes', () => {
  for (const shape of [
    [5, 6, 7],
    [4, 9, 2],
  ] as const) {
    for (const outer of [
      [9, 9, 9],
      [12, 10, 8],
    ] as const) {
      const volume = noisy(shape);
      const padded = cropPad(volume, outer, -7);
      const back = cropPad(padded, shape, 0);
      expect([...back.data]).toEqual([...volume.data]);
      expect(back.origin.map((v) => v + 0)).toEqual([0, 0, 0]);
      expect(padded.data.filter((v) => v === -7)).toHaveLength(
        padded.data.length - volume.data.length,
      );
    }
  }
});

test('resampling to the voxel size of the network keeps the object, its place and its size', () => {
  const source = blob(36, 13.3);
  const { volume, steps } = prepareInput(
    source,
    { shape: [40, 40, 40], voxelSize: 10 },
    { fit: 'resample' },
  );
  expect(volume).toMatchObject({ shape: [40, 40, 40], voxelSize: [10, 10, 10] });
  boxCentre(volume).forEach((value, i) => {
    expect(value).toBeCloseTo(boxCentre(source)[i], 9);
  });
  const reference = blob(40, 10);
  const worst = volume.data.reduce((w, v, i) => Math.max(w, Math.abs(v - reference.data[i])), 0);
  expect(worst).toBeLessThan(0.08); // linear interpolation of a 30 Å Gaussian at 13.3 Å
  expect(steps).toEqual([
    'Resampled from 13.3 Å to 10 Å (trilinear, averaging where voxels grow), centred; box 36³ to 40³.',
  ]);
});

test('without a known voxel size the whole box is stretched', () => {
  const source = noisy([20, 20, 20]);
  const { volume, steps } = prepareInput(source, { shape: [40, 40, 40] }, { fit: 'resample' });
  expect(volume.voxelSize).toEqual([5, 5, 5]);
  expect(volume.origin).toEqual([-2.5, -2.5, -2.5]);
  expect(steps[0]).toMatch(/whole box from 20³ to 40³/);
});

test('a box padded in one direction says so', () => {
  const { steps } = prepareInput(noisy([48, 40, 30]), { shape: [40, 40, 40] }, { fit: 'crop' });
  expect(steps[0]).toBe('Cropped and padded with the mean about the centre: 30 × 40 × 48 to 40³.');
});

test.each([
  ['not known', { voxelSizeKnown: false, voxelSize: [1, 1, 1] as const }],
  ['given as 5 Å', { voxelSizeKnown: true, voxelSize: [5, 5, 5] as const }],
])('with a voxel size %s, a box of twice the voxels goes in whole', (_, scale) => {
  const source = { ...noisy([16, 16, 16]), ...scale };
  const expectation = { shape: [8, 8, 8], voxelSize: 10 } as const;
  const { volume, steps } = prepareInput(source, expectation, { fit: 'resample' });
  const reference = prepareInput(
    { ...source, voxelSizeKnown: true, voxelSize: [5, 5, 5] },
    expectation,
    {
      fit: 'resample',
    },
  );
  expect(volume.voxelSizeKnown).toBe(scale.voxelSizeKnown);
  volume.data.forEach((value, i) => {
    expect(value).toBeCloseTo(reference.volume.data[i], 6);
  });
  const unknown = steps.filter((step) =>
    step.startsWith('The voxel size of the volume is not known'),
  );
  expect(unknown).toHaveLength(scale.voxelSizeKnown ? 0 : 1);
});

test.each([
  [0.02, /too different to resample; accepted: the right voxel size/],
  [1e5, /too different to resample/],
])('voxels of %g Å are no match for a network of 10 Å', (size, words) => {
  const source = noisy([16, 16, 16], size);
  const expectation = { shape: [8, 8, 8], voxelSize: 10 } as const;
  expect(() => prepareInput(source, expectation, { fit: 'resample' })).toThrow(words);
});

test('a plan asks for no more of the source than the result depends on', () => {
  const source = noisy([60, 50, 40], 8);
  for (const fit of ['crop', 'resample'] as const) {
    const expectation = { shape: [8, 9, 10], voxelSize: 10 } as const;
    const whole = prepareInput(source, expectation, { fit });
    const plan = planFit(source, expectation, { fit });
    expect(Math.max(...plan.region.shape)).toBeLessThan(20);
    const part = takeRegion(source, plan.region);
    const { volume, steps } = preparePart(plan, part, plan.region, {});
    expect(volume).toEqual(whole.volume);
    expect(steps).toEqual(whole.steps);
  }
});

test.each([
  [2, 'none', 10, 30 / 5],
  [0.5, 'none', 10, 30 / 20],
  [2, 'resample', 20, 30 / 5],
  [1.05, 'crop', 10, (30 * 1.05) / 10],
] as const)(
  'voxels %g times as large (%s from %g Å) enlarge what is there about the centre',
  (voxelScale, fit, size, sigma) => {
    const source = blob(fit === 'crop' ? 48 : 40, size);
    const { volume, steps } = prepareInput(
      source,
      { shape: [40, 40, 40], voxelSize: 10 },
      { fit, voxelScale },
    );
    expect(boxCentre(volume).map((v) => Math.round(v))).toEqual(
      fit === 'crop' ? [235, 235, 235] : boxCentre(source),
    );
    const middle = volume.data[(20 * 40 + 20) * 40 + 20];
    // On the axis through the voxels beside the middle, `exp(-x^2 / 2 sigma^2)` in voxels of the result.
    const off = volume.data[(20 * 40 + 20) * 40 + 24];
    const x = (24 - 19.5) ** 2 - 0.5 ** 2;
    expect(Math.sqrt(-x / 2 / Math.log(off / middle))).toBeCloseTo(sigma, 0);
    expect(steps.at(-1)).toMatch(/^Taken as if voxels were .* times as large: /);
    expect(steps.at(-1)?.includes('padded')).toBe(voxelScale < 1);
  },
);

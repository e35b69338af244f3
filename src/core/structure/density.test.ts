import { describe, expect, it } from 'vitest';
import { fastLength } from '../simulate/fft.ts';
import { createRealFft3 } from '../simulate/fft3.ts';
import { createRandom } from '../simulate/random.ts';
import type { FloatVolume } from '../volume/types.ts';
import { atomsToDensity, mapToDensity } from './density.ts';
import { measureAtoms, measureDensity } from './measure.ts';
import type { Atoms } from './types.ts';

function cloud(count: number, spread: number): Atoms {
  const random = createRandom(3);
  const positions = Float32Array.from({ length: 3 * count }, (_, i) =>
    i % 3 === 0 ? 300 + 1.5 * spread * random.normal() : spread * random.normal(),
  );
  const elements = Uint8Array.from({ length: count }, (_, i) => [6, 7, 8, 16][i % 4]);
  return {
    ...{ count, positions, elements },
    ...{ chains: new Uint16Array(count), backbone: new Uint8Array(count) },
  };
}

const GRID = { voxelSize: 10, resolution: 40, box: 40 };
const SIGMA = 40 / (Math.PI * Math.SQRT2);

describe('atomsToDensity', () => {
  it('keeps electrons, centres the mass and widens the radius of gyration by the filter', () => {
    const atoms = cloud(500, 25);
    const before = measureAtoms(atoms);
    const after = measureDensity(atomsToDensity(atoms, GRID));
    expect(after.electrons / before.electrons).toBeCloseTo(1, 4);
    expect(Math.hypot(...after.centre)).toBeLessThan(0.02);
    const expected = Math.sqrt(before.radiusOfGyration ** 2 + 3 * SIGMA ** 2);
    expect(after.radiusOfGyration / expected).toBeCloseTo(1, 4);
  });

  it('of one atom is the closed form Gaussian, 1/e at the resolution in Fourier space', () => {
    const one: Atoms = {
      count: 1,
      positions: Float32Array.of(5, 6, 7),
      elements: Uint8Array.of(8),
      chains: Uint16Array.of(0),
      backbone: Uint8Array.of(0),
    };
    const { data, shape } = atomsToDensity(one, GRID);
    const peak = 8 * (2 * Math.PI * SIGMA ** 2) ** -1.5;
    const corner = peak * Math.exp((-3 * 25) / (2 * SIGMA ** 2));
    expect(data[(20 * 40 + 20) * 40 + 20] / corner).toBeCloseTo(1, 5);
    const fft = createRealFft3(shape);
    const re = new Float32Array(fft.spectrumLength);
    const im = new Float32Array(fft.spectrumLength);
    fft.forward(data, re, im);
    expect(Math.hypot(re[10], im[10]) / Math.hypot(re[0], im[0])).toBeCloseTo(Math.exp(-1), 3);
  });

  it('at Nyquist resolution equals a finely sampled density filtered in Fourier space', () => {
    const atoms = cloud(60, 12);
    const coarse = atomsToDensity(atoms, { voxelSize: 10, resolution: 20, box: 24 });
    // Reference: 2 Å voxels, so fine that folding is nil, evaluated at the coarse frequencies.
    const fine = atomsToDensity(atoms, { voxelSize: 2, resolution: 20, box: 120 });
    const a = transform(coarse);
    const b = transform(fine);
    const shift = (coarse.origin[0] - fine.origin[0]) / 2;
    let worst = 0;
    for (let z = -11; z <= 11; z++)
      for (let y = -11; y <= 11; y++)
        for (let x = 0; x <= 11; x++) {
          const i = (((z + 24) % 24) * 24 + ((y + 24) % 24)) * 13 + x;
          const j = (((z + 120) % 120) * 120 + ((y + 120) % 120)) * 61 + x;
          const angle = 2 * Math.PI * shift * ((z + y + x) / 120);
          const re = (b.re[j] * Math.cos(angle) - b.im[j] * Math.sin(angle)) / 125;
          const im = (b.re[j] * Math.sin(angle) + b.im[j] * Math.cos(angle)) / 125;
          worst = Math.max(worst, Math.hypot(a.re[i] - re, a.im[i] - im));
        }
    expect(worst / a.re[0]).toBeLessThan(1e-3);
  });

  it('refuses what does not fit and what cannot be resolved', () => {
    expect(() => atomsToDensity(cloud(500, 100), GRID)).toThrow(/does not fit into a box of 40/);
    expect(() => atomsToDensity(cloud(5, 1), { ...GRID, resolution: 15 })).toThrow(
      /20 Å \(Nyquist\)/,
    );
    expect(() => atomsToDensity(cloud(5, 1), { ...GRID, box: 41 })).toThrow(/Box of 41/);
    expect(() => atomsToDensity(cloud(5, 1), { ...GRID, voxelSize: 0 })).toThrow(/Voxel size 0/);
  });
});

describe('mapToDensity', () => {
  it.each([3.7, 5, 8])('from a map with %f Å voxels equals the density from the atoms', (h) => {
    const atoms = cloud(400, 20);
    const map = atomsToDensity(atoms, {
      voxelSize: h,
      resolution: 20,
      box: fastLength(260 / h),
    });
    const moved: FloatVolume = { ...map, origin: [1234, -77, 5] };
    // Two Gaussian filters in a row: 1/d^2 of the amplitudes add up.
    const second = Math.sqrt(45 ** 2 - 20 ** 2);
    const direct = atomsToDensity(atoms, { ...GRID, resolution: 45 });
    const resampled = mapToDensity(moved, {
      ...GRID,
      resolution: second,
      threshold: Number.NEGATIVE_INFINITY,
    });
    const peak = direct.data.reduce((m, v) => Math.max(m, v), 0);
    const worst = direct.data.reduce((m, v, i) => Math.max(m, Math.abs(v - resampled.data[i])), 0);
    expect(worst / peak).toBeLessThan(4e-3);
  });

  it('scales to the electrons asked for and leaves solvent below the threshold out', () => {
    const map = atomsToDensity(cloud(400, 20), { voxelSize: 5, resolution: 20, box: 60 });
    const noisy = { ...map, data: map.data.map((v, i) => v - 0.02 + (i % 2 ? 1e-4 : -1e-4)) };
    const out = mapToDensity(noisy, { ...GRID, threshold: 0.001, electrons: 1000 });
    expect(measureDensity(out).electrons).toBeCloseTo(1000, 1);
    expect(out.data.reduce((m, v) => Math.min(m, v), 0)).toBeGreaterThanOrEqual(0);
    expect(() => mapToDensity(noisy, { ...GRID, threshold: 99 })).toThrow(/threshold 99/);
    expect(() => mapToDensity({ ...map, voxelSize: [25, 25, 25] }, GRID)).toThrow(/too coarse/);
  });
});

function transform({ data, shape }: FloatVolume) {
  const fft = createRealFft3(shape);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  fft.forward(data, re, im);
  return { re, im };
}

import { describe, expect, it } from 'vitest';
import { snrGain } from './band.ts';
import { createRealFft3 } from './fft3.ts';
import { createSimulator } from './simulator.ts';
import { snrFigures, snrSentence } from './snr.ts';
import { resolveSpec } from './spec.ts';
import type { Spectra } from './spectra.ts';
import { testTemplates } from './test-templates.ts';
import { forEachFrequency } from './transfer.ts';

const N = 40;
const H = 10;

/** A Gaussian of standard deviation `sigma` Å in the middle of the box. */
function gaussian(sigma: number) {
  const data = new Float32Array(N ** 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y, z] = [i % N, Math.floor(i / N) % N, Math.floor(i / N / N)];
    const r2 = [x, y, z].reduce((sum, v) => sum + (H * (v - (N - 1) / 2)) ** 2, 0);
    data[i] = Math.exp(-r2 / (2 * sigma * sigma));
  }
  return { data, shape: [N, N, N], voxelSize: [H, H, H], origin: [0, 0, 0] } as const;
}

describe('snrGain', () => {
  const bins = N * N * (N / 2 + 1);
  const ones = new Float32Array(bins).fill(1);
  const flat: Spectra = { seen: ones, transfer: ones, signal: ones, noise: ones };

  it.each([
    [25, 40],
    [30, 60],
    [18, 50],
  ])(
    'of a Gaussian of %f Å in white noise, filtered to %f Å, is its closed form',
    (sigma, resolution) => {
      // Powers exp(-a k^2) and 1, both times exp(-b k^2), integrated over all k or the cube of Nyquist.
      const [a, b] = [4 * Math.PI ** 2 * sigma ** 2, 2 * resolution ** 2];
      const bin = (N * H) ** -3; // the mean is left out
      const integral = (c: number) => (Math.PI / c) ** 1.5 - bin;
      const signal = integral(a + b) / integral(a);
      const noise = integral(b) / (H ** -3 - bin);
      expect(snrGain(gaussian(sigma), flat, resolution) / (signal / noise)).toBeCloseTo(1, 2);
    },
  );

  it('is 1 where signal and noise have one spectrum', () => {
    const data = new Float32Array(N ** 3);
    data[0] = 1; // a point: a flat spectrum
    expect(snrGain({ ...gaussian(1), data }, flat, 40)).toBeCloseTo(1, 6);
  });
});

/** Variance of a volume after the low-pass filter to 40 Å. */
function passed(data: Float32Array): number {
  const fft = createRealFft3([N, N, N]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  fft.forward(data, re, im);
  let sum = 0;
  forEachFrequency(N, (i, kz, ky, kx) => {
    const k = Math.hypot(kx, ky, kz) / H;
    if (k === 0) return;
    sum +=
      (kx === 0 || kx === 0.5 ? 1 : 2) * Math.exp(-2 * (40 * k) ** 2) * (re[i] ** 2 + im[i] ** 2);
  });
  return sum;
}

describe('the SNR in a band', () => {
  it.each(['fourier', 'projection'] as const)('is what %s volumes have', (model) => {
    const templates = testTemplates();
    const wanted = 0.3;
    const partial = { model, seed: 7, snr: wanted, snrBand: 40 };
    const noisy = createSimulator(templates, partial);
    const clean = createSimulator(templates, { model, seed: 7 });
    const [a, b] = [new Float32Array(N ** 3), new Float32Array(N ** 3)];
    const count = model === 'fourier' ? 20 : 6;
    let mean = 0;
    for (let i = 0; i < count; i++) {
      clean.simulate(0, i, a);
      noisy.simulate(0, i, b);
      for (let v = 0; v < b.length; v++) b[v] -= a[v];
      mean += passed(a) / passed(b) / count;
    }
    expect(mean / wanted).toBeGreaterThan(0.9);
    expect(mean / wanted).toBeLessThan(1.1);
    const [template] = templates;
    const figures = snrFigures(template ? [template] : [], resolveSpec(partial), 40);
    expect(figures.band).toBeCloseTo(wanted, 3);
    expect(figures.box).toBeLessThan(wanted / 3);
  });

  it('stands beside that of the box', () => {
    expect(snrSentence({ box: 0.1, band: 1.1623, resolution: 40 })).toBe(
      "SNR 0.1 over the whole box is 1.16 after the templates' own 40 Å low-pass; real particles have 0.03 to 0.07 there.",
    );
    expect(snrFigures(testTemplates(), resolveSpec(), 40).box).toBe('inf');
  });
});

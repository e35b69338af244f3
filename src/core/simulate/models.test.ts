import { describe, expect, it } from 'vitest';
import { createRealFft3, frequency } from './fft3.ts';
import { createFourierModel } from './fourier.ts';
import { createProjectionModel } from './projection.ts';
import { createRandom } from './random.ts';
import { resolveSpec, type SimulationSpec } from './spec.ts';
import type { Template } from './templates.ts';
import { blobs, testTemplates } from './test-templates.ts';
import { createTiltGeometry } from './tilt.ts';
import { tiltAngles } from './wedge.ts';

const N = 40;
const [{ volume: DENSITY_VOLUME }] = testTemplates() as [Template];
const DENSITY = DENSITY_VOLUME.data;
const MODELS = { fourier: createFourierModel, projection: createProjectionModel };

function imaged(model: keyof typeof MODELS, spec: Partial<SimulationSpec>, seed = 1): Float32Array {
  const volume = DENSITY.slice();
  const whole = resolveSpec({ ...spec, model });
  MODELS[model](N, 10, whole).image(volume, createRandom(seed), whole.snr);
  return volume;
}

function spectrum(data: Float32Array): { re: Float32Array; im: Float32Array } {
  const fft = createRealFft3([N, N, N]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  fft.forward(data, re, im);
  return { re, im };
}

/** Sums of |a|^2, |b|^2 and Re(a b*) over shells of 2 Fourier voxels, inside or outside the fan. */
function shells(a: Float32Array, b: Float32Array, inside: boolean) {
  const fa = spectrum(a);
  const fb = spectrum(b);
  const out = Array.from({ length: 10 }, () => ({ aa: 0, bb: 0, ab: 0 }));
  for (let z = 0, i = 0; z < N; z++)
    for (let y = 0; y < N; y++)
      for (let x = 0; x <= N / 2; x++, i++) {
        const [kz, ky, kx] = [N * frequency(z, N), N * frequency(y, N), x];
        const tilt = (Math.atan2(Math.abs(kz), kx) * 180) / Math.PI;
        const radius = Math.hypot(kx, kz);
        if (inside ? tilt > 57 || radius < 2 : tilt < 70 || radius < 5) continue;
        const shell = out[Math.floor(Math.hypot(kx, ky, kz) / 2)];
        if (!shell) continue;
        shell.aa += fa.re[i] ** 2 + fa.im[i] ** 2;
        shell.bb += fb.re[i] ** 2 + fb.im[i] ** 2;
        shell.ab += fa.re[i] * fb.re[i] + fa.im[i] * fb.im[i];
      }
  return out;
}

describe('tilt geometry', () => {
  it('projects a Gaussian blob to a Gaussian at x cos t + z sin t with the closed form height', () => {
    const pad = 60;
    const angles = tiltAngles(60, 30);
    const geometry = createTiltGeometry(N, pad, angles);
    const sigma = 3;
    const volume = blobs(N, [{ centre: [5, -4, 3], sigma, height: 1 }]).data;
    const columns = new Float32Array(N ** 3);
    for (let z = 0; z < N; z++)
      for (let y = 0; y < N; y++)
        for (let x = 0; x < N; x++) {
          columns[(z * N + x) * N + y] = volume[(z * N + y) * N + x];
        }
    // A cubic B-spline has variance 1/3: splatting widens the blob by that along u.
    const wide = Math.sqrt(sigma * sigma + 1 / 3);
    const height = (sigma * Math.sqrt(2 * Math.PI) * sigma) / wide;
    angles.forEach((angle, tilt) => {
      const image = new Float32Array(pad * pad);
      geometry.splat(tilt, columns, image);
      const u0 = (pad - 1) / 2 + 5 * Math.cos(angle) + 3 * Math.sin(angle);
      const y0 = (pad - 1) / 2 - 4;
      let worst = 0;
      for (let u = 0; u < pad; u++)
        for (let y = 0; y < pad; y++) {
          const expected =
            height *
            Math.exp(-((u - u0) ** 2) / (2 * wide * wide) - (y - y0) ** 2 / (2 * sigma * sigma));
          worst = Math.max(worst, Math.abs(image[u * pad + y] - expected));
        }
      expect(worst / height).toBeLessThan(2e-3);
    });
  });
});

describe('imaging models', () => {
  it.each([
    ['with CTF and detector', {}],
    ['density alone', { ctf: null, detector: false }],
  ])('agree at the spectral level: %s', (_, spec) => {
    const result = shells(imaged('fourier', spec), imaged('projection', spec), true);
    const total = result.reduce((sum, s) => sum + s.aa, 0);
    let compared = 0;
    for (const { aa, bb, ab } of result) {
      if (aa < 1e-2 * total) continue;
      compared++;
      expect(ab / Math.sqrt(aa * bb)).toBeGreaterThan(0.98);
      expect(Math.sqrt(bb / aa)).toBeGreaterThan(0.93);
      expect(Math.sqrt(bb / aa)).toBeLessThan(1.07);
    }
    expect(compared).toBeGreaterThanOrEqual(4);
  });

  it.each(['fourier', 'projection'] as const)('%s: leaves the missing wedge empty', (model) => {
    const before = DENSITY;
    const after = imaged(model, { ctf: null, detector: false });
    const lost = shells(before, after, false).reduce(
      (s, { aa, bb }) => [s[0] + aa, s[1] + bb],
      [0, 0],
    );
    expect(lost[1] / lost[0]).toBeLessThan(0.02);
  });

  it.each(['fourier', 'projection'] as const)(
    '%s: noise has the SNR asked for as measured, and is independent of the signal',
    (model) => {
      for (const snr of [0.05, 0.1, 1, 10]) {
        const clean = imaged(model, {});
        const noise = imaged(model, { snr }).map((v, i) => v - clean[i]);
        expect(variance(clean) / variance(noise) / snr).toBeGreaterThan(0.95);
        expect(variance(clean) / variance(noise) / snr).toBeLessThan(1.05);
        const correlation = covariance(clean, noise) / Math.sqrt(variance(clean) * variance(noise));
        expect(Math.abs(correlation)).toBeLessThan(0.05);
      }
    },
  );

  it('noise of both models has the same spectrum', () => {
    const noiseOf = (model: keyof typeof MODELS) => {
      const clean = imaged(model, {});
      return Array.from({ length: 4 }, (_, seed) =>
        imaged(model, { snr: 0.1 }, seed).map((v, i) => v - clean[i]),
      );
    };
    const a = noiseOf('fourier');
    const b = noiseOf('projection');
    const sums = Array.from({ length: 10 }, () => [0, 0] as [number, number]);
    a.forEach((volume, i) => {
      shells(volume, b[i] as Float32Array, true).forEach(({ aa, bb }, s) => {
        (sums[s] as [number, number])[0] += aa;
        (sums[s] as [number, number])[1] += bb;
      });
    });
    const scale = Math.sqrt(
      sums.reduce((s, [, bb]) => s + bb, 0) / sums.reduce((s, [aa]) => s + aa, 0),
    );
    expect(scale).toBeGreaterThan(0.9);
    expect(scale).toBeLessThan(1.1);
    for (const [aa, bb] of sums.slice(2)) {
      expect(Math.sqrt(bb / aa)).toBeGreaterThan(0.8);
      expect(Math.sqrt(bb / aa)).toBeLessThan(1.25);
    }
  });

  it('density comes out dark', () => {
    for (const model of ['fourier', 'projection'] as const) {
      const clean = imaged(model, {});
      const { min, max } = range(clean);
      expect(-min).toBeGreaterThan(1.5 * max);
    }
  });
});

function covariance(a: Float32Array, b: Float32Array): number {
  const ma = a.reduce((s, v) => s + v, 0) / a.length;
  const mb = b.reduce((s, v) => s + v, 0) / b.length;
  return a.reduce((s, v, i) => s + (v - ma) * (b[i] - mb), 0) / a.length;
}

function variance(a: Float32Array): number {
  return covariance(a, a);
}

function range(data: Float32Array): { min: number; max: number } {
  return {
    min: data.reduce((m, v) => Math.min(m, v), 0),
    max: data.reduce((m, v) => Math.max(m, v), 0),
  };
}

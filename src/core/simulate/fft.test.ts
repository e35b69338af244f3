import { describe, expect, it } from 'vitest';
import type { Shape3 } from '../volume/types.ts';
import { createFft, fastLength } from './fft.ts';
import { createRealFft3 } from './fft3.ts';
import { createRandom } from './random.ts';

/** The definition, O(n^2), in float64. */
function naive(re: number[], im: number[], sign: number): [number[], number[]] {
  const n = re.length;
  const outRe = new Array<number>(n).fill(0);
  const outIm = new Array<number>(n).fill(0);
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const angle = (sign * 2 * Math.PI * ((j * k) % n)) / n;
      outRe[k] += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
      outIm[k] += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
    }
  }
  return [outRe, outIm];
}

describe('createFft', () => {
  it.each([1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 20, 25, 30, 40, 60, 64, 80, 96, 100, 120])(
    'equals the definition at length %i, both directions, three lanes',
    (n) => {
      const random = createRandom(n);
      const lanes = 3;
      const re = Float64Array.from({ length: n * lanes }, () => random.normal());
      const im = Float64Array.from({ length: n * lanes }, () => random.normal());
      for (const inverse of [false, true]) {
        const r = re.slice();
        const i = im.slice();
        createFft(n).transform(r, i, lanes, inverse);
        for (let lane = 0; lane < lanes; lane++) {
          const pick = (a: Float64Array) =>
            Array.from({ length: n }, (_, j) => a[j * lanes + lane]);
          const [er, ei] = naive(pick(re), pick(im), inverse ? 1 : -1);
          const worst = Math.max(
            ...pick(r).map((v, k) => Math.abs(v - er[k])),
            ...pick(i).map((v, k) => Math.abs(v - ei[k])),
          );
          expect(worst).toBeLessThan(1e-11 * n);
        }
      }
    },
  );

  it('refuses other prime factors by name', () => {
    expect(() => createFft(14)).toThrow(/length 14/);
    expect(fastLength(99)).toBe(100);
    expect(fastLength(37)).toBe(40);
  });
});

describe('createRealFft3', () => {
  it.each<Shape3>([
    [1, 1, 16],
    [1, 6, 10],
    [4, 3, 8],
    [5, 6, 4],
    [8, 8, 8],
  ])('equals the triple sum on [%i, %i, %i] and inverts exactly', (nz, ny, nx) => {
    const random = createRandom(7);
    const real = Float32Array.from({ length: nz * ny * nx }, () => random.normal());
    const fft = createRealFft3([nz, ny, nx]);
    const re = new Float32Array(fft.spectrumLength);
    const im = new Float32Array(fft.spectrumLength);
    fft.forward(real, re, im);
    const nk = nx / 2 + 1;
    for (let kz = 0; kz < nz; kz++)
      for (let ky = 0; ky < ny; ky++)
        for (let kx = 0; kx < nk; kx++) {
          let sr = 0;
          let si = 0;
          for (let z = 0; z < nz; z++)
            for (let y = 0; y < ny; y++)
              for (let x = 0; x < nx; x++) {
                const angle = -2 * Math.PI * ((kz * z) / nz + (ky * y) / ny + (kx * x) / nx);
                const v = real[(z * ny + y) * nx + x];
                sr += v * Math.cos(angle);
                si += v * Math.sin(angle);
              }
          const at = (kz * ny + ky) * nk + kx;
          expect(Math.abs(re[at] - sr)).toBeLessThan(1e-5 * Math.sqrt(real.length));
          expect(Math.abs(im[at] - si)).toBeLessThan(1e-5 * Math.sqrt(real.length));
        }
    const back = new Float32Array(real.length);
    fft.inverse(re, im, back);
    expect(Math.max(...back.map((v, i) => Math.abs(v - real[i])))).toBeLessThan(2e-6);
  });
});

import { expect, test } from 'vitest';
import { correlation } from '../cam/index.ts';
import { createRealFft3, frequency } from '../simulate/fft3.ts';
import type { Shape3 } from '../volume/types.ts';
import { correctTransfer, transferSize, type TransferVolume } from './transfer.ts';

const N = 20;
/** A contrast transfer with a change of sign, along x stronger than along z. */
const transferAt = (x: number, y: number, z: number) =>
  Math.sin(0.4 + 40 * (x * x + y * y + 0.5 * z * z)) * (Math.abs(z) > 0.35 ? 0 : 1);

function molecule(): Float32Array {
  const out = new Float32Array(N ** 3);
  for (const [cx, cy, cz, s] of [
    [12, 9, 8, 1.5],
    [7, 11, 12, 1.2],
    [9, 6, 10, 1.8],
  ])
    for (let z = 0, i = 0; z < N; z++)
      for (let y = 0; y < N; y++)
        for (let x = 0; x < N; x++, i++)
          out[i] += Math.exp(-((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2) / (2 * s * s));
  return out;
}

/** A volume multiplied with its transfer so many times; 0 where it has none leaves what it passes. */
function passed(volume: Float32Array, times: number): Float32Array {
  const fft = createRealFft3([N, N, N]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  const out = volume.slice();
  fft.forward(out, re, im);
  for (let z = 0, i = 0; z < N; z++)
    for (let y = 0; y < N; y++)
      for (let x = 0; x <= N / 2; x++, i++) {
        const c = transferAt(x / N, frequency(y, N), frequency(z, N));
        const by = times === 0 ? Math.sign(Math.abs(c)) : c ** times;
        re[i] *= by;
        im[i] *= by;
      }
  fft.inverse(re, im, out);
  return out;
}

/** As programs write it: the whole of it about its middle, or a half from its corner, twice as long with multiplicities. */
function written(
  n: number,
  layout: 'full' | 'half' | 'multiplicity',
  power: number,
): TransferVolume {
  const full = layout === 'full';
  const nx = full ? n : n / 2 + 1;
  const shape: Shape3 = [layout === 'multiplicity' ? 2 * n : n, n, nx];
  const data = new Float32Array(shape[0] * n * nx).fill(7);
  const at = (i: number) => (full ? (i - n / 2) / n : frequency(i, n));
  for (let z = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x < nx; x++)
        data[(z * n + y) * nx + x] = transferAt(full ? at(x) : x / n, at(y), at(z)) ** power;
  return { data, shape };
}

test.each([
  ['full', false, N, 0.98],
  ['half', false, N, 0.98],
  ['multiplicity', true, N, 0.98],
  ['full', true, N, 0.98],
  // Interpolated from another grid of frequencies.
  ['half', true, 2 * N, 0.97],
] as const)(
  'a transfer written as %s is corrected for (multiplied: %s)',
  (layout, multiplied, n, least) => {
    const truth = passed(molecule(), 0);
    const transfer = written(n, layout, multiplied ? 2 : 1);
    expect(transferSize(transfer)).toBe(n);
    const given = passed(molecule(), multiplied ? 2 : 1);
    const found = correctTransfer(given, N, transfer, multiplied);
    expect(correlation(found, truth)).toBeGreaterThan(least);
    expect(correlation(given, truth)).toBeLessThan(0.96);
  },
);

test('other shapes are no transfer', () => {
  expect(transferSize({ shape: [8, 8, 6] })).toBeNull();
  expect(transferSize({ shape: [24, 8, 5] })).toBeNull();
});

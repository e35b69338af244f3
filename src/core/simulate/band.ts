import type { FloatVolume } from '../volume/types.ts';
import { createRealFft3 } from './fft3.ts';
import type { Spectra } from './spectra.ts';
import { forEachFrequency } from './transfer.ts';

/**
 * By what the SNR of the whole box is multiplied to give the SNR after a low-pass filter to `resolution`:
 * the share of the signal's variance that passes over the share of the noise's. The filter is that of
 * the templates, `exp(-(resolution k)^2)`, so what passes is the band that a template has.
 *
 * Of the mean over orientations, from the powers that the simulation itself uses: the template's
 * spectrum times contrast transfer and detector, times what the tilt series sees of a shell. The mean of
 * the volume counts as neither signal nor noise.
 *
 * @param template `[n, n, n]`
 * @param resolution Å
 */
export function snrGain(
  template: FloatVolume,
  { seen, transfer, noise }: Spectra,
  resolution: number,
): number {
  const n = template.shape[2];
  const fft = createRealFft3([n, n, n]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  fft.forward(template.data, re, im);
  const shells = shellPower(seen, n);
  const unit = resolution / (n * template.voxelSize[0]);
  const sums = { signal: 0, noise: 0, signalPassed: 0, noisePassed: 0 };
  forEachFrequency(n, (i, kz, ky, kx) => {
    const radius = n * Math.hypot(kx, ky, kz);
    if (radius === 0) return;
    const twice = kx === 0 || kx === 0.5 ? 1 : 2; // the other half of the spectrum
    const passed = Math.exp(-2 * (unit * radius) ** 2);
    const s = twice * shells[shellOf(n, kz, ky, kx)] * transfer[i] ** 2 * (re[i] ** 2 + im[i] ** 2);
    const v = twice * noise[i] ** 2;
    sums.signal += s;
    sums.noise += v;
    sums.signalPassed += passed * s;
    sums.noisePassed += passed * v;
  });
  return sums.signalPassed / sums.signal / (sums.noisePassed / sums.noise);
}

/** Mean of the squares of the factors at each squared distance from the origin (cycles per box). */
function shellPower(factors: Float32Array, n: number): Float64Array {
  const sums = new Float64Array(3 * (n / 2) ** 2 + 1);
  const counts = new Float64Array(sums.length);
  forEachFrequency(n, (i, kz, ky, kx) => {
    const twice = kx === 0 || kx === 0.5 ? 1 : 2;
    const shell = shellOf(n, kz, ky, kx);
    sums[shell] += twice * factors[i] ** 2;
    counts[shell] += twice;
  });
  return sums.map((sum, i) => (counts[i] > 0 ? sum / counts[i] : 0));
}

function shellOf(n: number, kz: number, ky: number, kx: number): number {
  return Math.round(n * n * (kx * kx + ky * ky + kz * kz));
}

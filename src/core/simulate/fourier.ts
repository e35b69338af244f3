import { createRealFft3 } from './fft3.ts';
import type { Random } from './random.ts';
import type { SimulationSpec } from './spec.ts';
import { createSpectra } from './spectra.ts';

/** One imaging model: turns a rotated density (in place) into a subtomogram. */
export interface ImagingModel {
  /**
   * @param volume `[n, n, n]`: the density, molecule positive; on return the subtomogram
   * @param noise stream for the noise
   * @param snr variance of the signal over variance of the noise in the box; Infinity for none
   */
  image(volume: Float32Array, noise: Random, snr: number): void;
}

/**
 * The fast form: `F^-1[ wedge * CTF * detector * F[density] ]` plus noise that has been through the
 * same steps ({@link createSpectra}). The noise is scaled so that var(signal) / var(noise) of this very volume is the SNR.
 */
export function createFourierModel(
  n: number,
  voxelSize: number,
  spec: SimulationSpec,
): ImagingModel {
  const fft = createRealFft3([n, n, n]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  const noisy = Number.isFinite(spec.snr);
  const { signal, noise: amplitude } = createSpectra(n, voxelSize, spec);
  const noiseRe = new Float32Array(noisy ? fft.spectrumLength : 0);
  const noiseIm = new Float32Array(noiseRe.length);

  function image(volume: Float32Array, noise: Random, snr: number): void {
    fft.forward(volume, re, im);
    for (let i = 0; i < re.length; i++) {
      re[i] *= signal[i];
      im[i] *= signal[i];
    }
    if (noisy && Number.isFinite(snr)) {
      drawSpectrum(noise, n, noiseRe, noiseIm);
      for (let i = 0; i < amplitude.length; i++) {
        noiseRe[i] *= amplitude[i];
        noiseIm[i] *= amplitude[i];
      }
      const scale = Math.sqrt(power(re, im, n) / (snr * power(noiseRe, noiseIm, n)));
      for (let i = 0; i < re.length; i++) {
        re[i] += scale * noiseRe[i];
        im[i] += scale * noiseIm[i];
      }
    }
    fft.inverse(re, im, volume);
  }
  return { image };
}

/**
 * The half spectrum of a white field, up to a constant, drawn without a transform: independent
 * normals, except that the planes kx = 0 and kx = n / 2 hold each other's conjugates.
 */
export function drawSpectrum(random: Random, n: number, re: Float32Array, im: Float32Array): void {
  const nk = n / 2 + 1;
  for (let i = 0; i < re.length; i++) {
    re[i] = random.normal();
    im[i] = random.normal();
  }
  for (let z = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      const row = (z * n + y) * nk;
      const partner = (((n - z) % n) * n + ((n - y) % n)) * nk;
      if (partner < row) continue;
      for (const k of [0, nk - 1]) {
        if (partner === row) {
          re[row + k] *= Math.SQRT2;
          im[row + k] = 0;
        } else {
          re[partner + k] = re[row + k];
          im[partner + k] = -im[row + k];
        }
      }
    }
  }
}

/** `sum |F|^2` over the full spectrum without the mean: the variance, up to a constant (Parseval). */
function power(re: Float32Array, im: Float32Array, n: number): number {
  const nk = n / 2 + 1;
  let total = 0;
  for (let row = 0; row < re.length; row += nk) {
    let inner = 0;
    for (let k = row + 1; k < row + nk - 1; k++) inner += re[k] * re[k] + im[k] * im[k];
    const last = row + nk - 1;
    total += 2 * inner + re[row] * re[row] + im[row] * im[row];
    total += re[last] * re[last] + im[last] * im[last];
  }
  return total - re[0] * re[0] - im[0] * im[0];
}

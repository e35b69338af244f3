import { DEFAULT_SPEC } from '../defaults.ts';
import { createRealFft3 } from '../fft3.ts';
import { drawSpectrum } from '../fourier.ts';
import type { Random } from '../random.ts';
import { randomRotation, rotationMatrix } from '../rotation.ts';
import { createCoverage } from '../spectra.ts';
import { contrastTransfer, detectorTransfer } from '../optics.ts';
import { forEachFrequency } from '../transfer.ts';
import type { Imaging } from './fields.ts';

/** Images densities, each in a way of its own. */
export interface VariedModel {
  /** @param volume `[n, n, n]`: the density, molecule positive; on return the subtomogram */
  image(volume: Float32Array, noise: Random, imaging: Imaging): void;
}

/** Coverages that are kept: 0.27 MB each at 40 voxels. */
const KEPT = 160;

/** Mean of `re^2 + im^2` of a drawn spectrum. */
const DRAWN_POWER = 2;

/** A `Coverage` in single precision. */
interface Covered {
  readonly seen: Float32Array;
  readonly noise: Float32Array;
}

/** At this resolution (Å) coloured noise begins to fall. */
const COLOUR_BEGINS = 80;

/**
 * As `createFourierModel`, with another microscope and tilt series for each volume: what depends on the
 * distance from the origin alone is a table of shells, and what the tilt series covers is kept.
 */
export function createVariedModel(n: number, voxelSize: number): VariedModel {
  const fft = createRealFft3([n, n, n]);
  const [re, im, noiseRe, noiseIm] = Array.from(
    { length: 4 },
    () => new Float32Array(fft.spectrumLength),
  );
  const shell = new Uint16Array(fft.spectrumLength);
  forEachFrequency(n, (i, kz, ky, kx) => {
    shell[i] = Math.round(n * n * (kx * kx + ky * ky + kz * kz));
  });
  const shells = 3 * (n / 2) ** 2 + 1;
  const frequencies = Float64Array.from({ length: shells }, (_, s) => Math.sqrt(s) / n / voxelSize);
  const signalGain = new Float32Array(shells);
  const noiseGain = new Float32Array(shells);
  const band = new Float32Array(shells);
  const kept = new Map<string, Covered>();

  function coverage({ tilt, axis }: Imaging): Covered {
    const key = `${tilt} ${axis}`;
    const known = kept.get(key);
    if (known) return known;
    const angle = (axis * Math.PI) / 180;
    const across = [Math.cos(angle), Math.sin(angle), 0];
    const { seen, noise } = createCoverage(n, { ...DEFAULT_SPEC, tilt }, across);
    const made = { seen: Float32Array.from(seen), noise: Float32Array.from(noise) };
    if (kept.size === KEPT) kept.delete(kept.keys().next().value as string);
    kept.set(key, made);
    return made;
  }

  function fillShells(imaging: Imaging): void {
    const optics = { ...DEFAULT_SPEC.ctf!, ...imaging, envelope: 0 };
    for (const [s, k] of frequencies.entries()) {
      const ctf = imaging.ctf === 'none' ? -1 : contrastTransfer(k, optics);
      const own = imaging.ctf === 'flipped' ? -Math.abs(ctf) : ctf;
      const rest = detectorTransfer(2 * k * voxelSize) * Math.exp(-((imaging.lowpass * k) ** 2));
      const colour = (1 + (COLOUR_BEGINS * k) ** 2) ** (-imaging.noiseColour / 4);
      const before = imaging.noiseBeforeCtf;
      signalGain[s] = own * rest;
      noiseGain[s] = Math.sqrt(before * ctf * ctf + 1 - before) * rest * colour;
      band[s] = Math.exp(-((imaging.snrBand * k) ** 2));
    }
  }

  /**
   * What is left of the mean of particles in a common pose, each with a wedge in a direction of its own.
   * Their noise is independent, so that of the mean is drawn at once.
   */
  function averagedCoverage({ averaged, ...imaging }: Imaging, random: Random) {
    const seen = new Float32Array(fft.spectrumLength);
    const noise = new Float32Array(fft.spectrumLength);
    for (let particle = 0; particle < averaged; particle++) {
      const r = rotationMatrix(randomRotation(random));
      const own = createCoverage(n, { ...DEFAULT_SPEC, ...imaging }, r.slice(0, 3), r.slice(6, 9));
      for (let i = 0; i < seen.length; i++) {
        seen[i] += own.seen[i] / averaged;
        noise[i] += (own.noise[i] / averaged) ** 2;
      }
    }
    return { seen, noise: noise.map(Math.sqrt) };
  }

  /** What the noise is multiplied by, so that the mean over draws has the SNR of one particle. */
  function noiseScale({ seen, noise }: Covered, { snr }: Imaging): number {
    let signal = 0;
    let drawn = 0;
    for (let i = 0, kx = 0; i < re.length; i++, kx = kx === n / 2 ? 0 : kx + 1) {
      const s = shell[i];
      if (s === 0) continue; // the mean counts as neither
      const twice = kx === 0 || kx === n / 2 ? 1 : 2; // the other half of the spectrum
      signal += twice * band[s] * (seen[i] * signalGain[s]) ** 2 * (re[i] * re[i] + im[i] * im[i]);
      drawn += twice * band[s] * (noise[i] * noiseGain[s]) ** 2;
    }
    return signal > 0 ? Math.sqrt(signal / (snr * DRAWN_POWER * drawn)) : 1;
  }

  function image(volume: Float32Array, random: Random, imaging: Imaging): void {
    const single = coverage(imaging);
    const covered = imaging.averaged > 1 ? averagedCoverage(imaging, random) : single;
    fillShells(imaging);
    fft.forward(volume, re, im);
    const noisy = Number.isFinite(imaging.snr);
    const scale = noisy ? noiseScale(single, imaging) : 0;
    for (let i = 0; i < re.length; i++) {
      const gain = covered.seen[i] * signalGain[shell[i]];
      re[i] *= gain;
      im[i] *= gain;
    }
    if (noisy) {
      drawSpectrum(random, n, noiseRe, noiseIm);
      for (let i = 0; i < re.length; i++) {
        const gain = scale * covered.noise[i] * noiseGain[shell[i]];
        re[i] += gain * noiseRe[i];
        im[i] += gain * noiseIm[i];
      }
    }
    fft.inverse(re, im, volume);
  }
  return { image };
}

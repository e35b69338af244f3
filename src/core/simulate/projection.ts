import { fastLength } from './fft.ts';
import { createRealFft3, frequency } from './fft3.ts';
import type { ImagingModel } from './fourier.ts';
import { contrastTransfer, detectorTransfer } from './optics.ts';
import type { Random } from './random.ts';
import type { SimulationSpec } from './spec.ts';
import { createTiltGeometry } from './tilt.ts';
import { sliceOverlap, tiltAngles } from './wedge.ts';

/**
 * The tilt series itself. The sample is tilted about y and projected; each projection is imaged
 * (noise, contrast transfer, more noise, detector), weighted by the inverse of the slice overlap and
 * projected back:
 *
 *     density --splat--> P(u, y) --FFT--> transfer, weight --IFFT--> interpolate, sum over tilts
 *
 * Images are padded to 1.5 boxes, so that the halo of the contrast transfer does not wrap round. The
 * imaging is linear: signal and noise are reconstructed separately and added with
 * var(signal) / var(noise) = SNR in the finished volume.
 */
export function createProjectionModel(
  n: number,
  voxelSize: number,
  spec: SimulationSpec,
): ImagingModel {
  const angles = tiltAngles(spec.tilt, spec.tiltStep);
  const pad = fastLength(1.5 * n);
  const geometry = createTiltGeometry(n, pad, angles);
  const fft = createRealFft3([1, pad, pad]);
  const bins = fft.spectrumLength;
  const nk = pad / 2 + 1;
  const picture = new Float32Array(pad * pad);
  const re = new Float32Array(bins);
  const im = new Float32Array(bins);
  const re2 = new Float32Array(bins);
  const im2 = new Float32Array(bins);
  const columns = new Float32Array(n ** 3);
  const signal = new Float32Array(n ** 3);
  const noisy = Number.isFinite(spec.snr);
  const noise = new Float32Array(noisy ? n ** 3 : 0);

  // Per bin of an image [u, y]: contrast transfer, detector, and the two splines' own transforms.
  const ctf = new Float32Array(bins);
  const detector = new Float32Array(bins);
  for (let row = 0, i = 0; row < pad; row++) {
    for (let col = 0; col < nk; col++, i++) {
      const k = Math.hypot(frequency(row, pad), col / pad) / voxelSize;
      ctf[i] = spec.ctf ? contrastTransfer(k, spec.ctf) : -1;
      detector[i] = spec.detector ? detectorTransfer(2 * k * voxelSize) : 1;
    }
  }
  const unsplat = Float64Array.from({ length: pad }, (_, row) => {
    const x = Math.PI * frequency(row, pad);
    return x === 0 ? 1 : (x / Math.sin(x)) ** 4;
  });
  const weights = Array.from(angles, (own) =>
    Float64Array.from({ length: pad }, (_, row) => {
      const ku = frequency(row, pad);
      const interpolation = (2 + Math.cos(2 * Math.PI * ku)) / 3;
      return 1 / (n * sliceOverlap(n * ku, own, angles) * interpolation);
    }),
  );

  /** Weights the image spectrum in `re`, `im` and adds its back-projection to `sum`. */
  function backProject(tilt: number, sum: Float32Array): void {
    const weight = weights[tilt] as Float64Array;
    for (let row = 0, i = 0; row < pad; row++) {
      for (let col = 0; col < nk; col++, i++) {
        re[i] *= weight[row] * detector[i];
        im[i] *= weight[row] * detector[i];
      }
    }
    fft.inverse(re, im, picture);
    geometry.gather(tilt, picture, sum);
  }

  /** One projection: density, contrast transfer. */
  function imageSignal(tilt: number): void {
    picture.fill(0);
    geometry.splat(tilt, columns, picture);
    fft.forward(picture, re, im);
    for (let row = 0, i = 0; row < pad; row++) {
      for (let col = 0; col < nk; col++, i++) {
        re[i] *= unsplat[row] * ctf[i];
        im[i] *= unsplat[row] * ctf[i];
      }
    }
  }

  /** One image of noise: white before the contrast transfer, and white after it. */
  function imageNoise(random: Random): void {
    const before = Math.sqrt(spec.noiseBeforeCtf);
    const after = Math.sqrt(1 - spec.noiseBeforeCtf);
    for (let i = 0; i < picture.length; i++) picture[i] = before * random.normal();
    fft.forward(picture, re2, im2);
    for (let i = 0; i < picture.length; i++) picture[i] = after * random.normal();
    fft.forward(picture, re, im);
    for (let i = 0; i < bins; i++) {
      re[i] += ctf[i] * re2[i];
      im[i] += ctf[i] * im2[i];
    }
  }

  function image(volume: Float32Array, random: Random, snr: number): void {
    transpose(volume, n, columns);
    signal.fill(0);
    noise.fill(0);
    for (let tilt = 0; tilt < angles.length; tilt++) {
      imageSignal(tilt);
      backProject(tilt, signal);
      if (noisy) {
        imageNoise(random);
        backProject(tilt, noise);
      }
    }
    if (noisy) {
      const scale = Math.sqrt(variance(signal) / (snr * variance(noise)));
      for (let i = 0; i < signal.length; i++) signal[i] += scale * noise[i];
    }
    transpose(signal, n, volume);
  }
  return { image };
}

/** `[z, a, b]` to `[z, b, a]`; its own inverse. */
function transpose(from: Float32Array, n: number, to: Float32Array): void {
  for (let z = 0; z < n; z++)
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++) to[(z * n + b) * n + a] = from[(z * n + a) * n + b];
}

function variance(data: Float32Array): number {
  let sum = 0;
  let square = 0;
  for (let i = 0; i < data.length; i++) {
    sum += data[i];
    square += data[i] * data[i];
  }
  return square / data.length - (sum / data.length) ** 2;
}

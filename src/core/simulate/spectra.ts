import type { SimulationSpec } from './spec.ts';
import { interpolationGain } from './tilt.ts';
import { forEachFrequency, noiseTransfer, signalTransfer } from './transfer.ts';
import { sliceOverlap, tiltAngles, wedgeCoverage } from './wedge.ts';

/** Factors on the half spectrum `[n, n, n / 2 + 1]` of a volume. */
export interface Spectra {
  /** What the tilt series sees of a frequency, 0 to 1: wedge and interpolation. */
  readonly seen: Float32Array;
  /** Contrast transfer and detector, the same in all directions. */
  readonly transfer: Float32Array;
  /** Of the density's coefficients: `seen * transfer`. */
  readonly signal: Float32Array;
  /** Standard deviation of the noise, up to a constant. */
  readonly noise: Float32Array;
}

/**
 * What a reconstruction leaves of signal and noise: of the slices that meet at a point, `m` of
 * independent noise, each weighted by the inverse of their overlap, leave a standard deviation of
 * `sqrt(m) / overlap`, which grows with the distance from the tilt axis.
 */
export function createSpectra(n: number, voxelSize: number, spec: SimulationSpec): Spectra {
  const bins = n * n * (n / 2 + 1);
  const seen = new Float32Array(bins);
  const transfer = new Float32Array(bins);
  const signal = new Float32Array(bins);
  const noise = new Float32Array(bins);
  const angles = tiltAngles(spec.tilt, spec.tiltStep);
  const step = (spec.tiltStep * Math.PI) / 180;
  forEachFrequency(n, (i, kz, ky, kx) => {
    const k = Math.sqrt(kx * kx + ky * ky + kz * kz) / voxelSize;
    const axial = Math.hypot(kx, kz);
    const share = wedgeCoverage(kx * n, kz * n, spec.tilt) * interpolationGain(axial);
    seen[i] = share;
    transfer[i] = signalTransfer(k, voxelSize, spec);
    signal[i] = share * signalTransfer(k, voxelSize, spec);
    const own = Math.atan2(Math.abs(kz), kx) * Math.sign(kz);
    const nearest = Math.min(Math.max(own, angles[0]), angles[angles.length - 1]);
    const overlap = sliceOverlap(n * axial, nearest, angles);
    const slices = Math.min(angles.length, 1 / (n * axial * step));
    noise[i] = (share * noiseTransfer(k, voxelSize, spec) * Math.sqrt(slices)) / overlap;
  });
  return { seen, transfer, signal, noise };
}

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

/** What a tilt series sees of each frequency, whatever the microscope. */
export interface Coverage {
  /** Of the density, 0 to 1: wedge and interpolation. */
  readonly seen: Float64Array;
  /** Of the standard deviation of noise that is independent from image to image. */
  readonly noise: Float64Array;
}

/**
 * What a reconstruction leaves of signal and noise: of the slices that meet at a point, `m` of
 * independent noise, each weighted by the inverse of their overlap, leave a standard deviation of
 * `sqrt(m) / overlap`, which grows with the distance from the tilt axis.
 *
 * @param across, beam unit vectors along x, y, z: perpendicular to the tilt axis and the beam at tilt 0, and
 * along that beam
 */
export function createCoverage(
  n: number,
  { tilt, tiltStep }: Pick<SimulationSpec, 'tilt' | 'tiltStep'>,
  [ax, ay, az]: readonly number[] = [1, 0, 0],
  [bx, by, bz]: readonly number[] = [0, 0, 1],
): Coverage {
  const bins = n * n * (n / 2 + 1);
  const seen = new Float64Array(bins);
  const noise = new Float64Array(bins);
  const angles = tiltAngles(tilt, tiltStep);
  const step = (tiltStep * Math.PI) / 180;
  forEachFrequency(n, (i, kz, ky, kx) => {
    const across = exact(ax * kx + ay * ky + az * kz);
    const along = exact(bx * kx + by * ky + bz * kz);
    const axial = Math.hypot(across, along);
    const share = wedgeCoverage(across * n, along * n, tilt) * interpolationGain(axial);
    seen[i] = share;
    const height = across < 0 ? -along : along; // the same slice, from its other end
    const own = Math.atan2(Math.abs(along), Math.abs(across)) * Math.sign(height);
    const nearest = Math.min(Math.max(own, angles[0]), angles[angles.length - 1]);
    const overlap = sliceOverlap(n * axial, nearest, angles);
    const slices = Math.min(angles.length, 1 / (n * axial * step));
    noise[i] = (share * Math.sqrt(slices)) / overlap;
  });
  return { seen, noise };
}

/** Zero on the tilt axis, whatever the rounding of its direction. */
function exact(frequency: number): number {
  return Math.abs(frequency) < 1e-12 ? 0 : frequency;
}

export function createSpectra(n: number, voxelSize: number, spec: SimulationSpec): Spectra {
  const coverage = createCoverage(n, spec);
  const transfer = new Float32Array(coverage.seen.length);
  const signal = new Float32Array(transfer.length);
  const noise = new Float32Array(transfer.length);
  forEachFrequency(n, (i, kz, ky, kx) => {
    const k = Math.sqrt(kx * kx + ky * ky + kz * kz) / voxelSize;
    transfer[i] = signalTransfer(k, voxelSize, spec);
    signal[i] = coverage.seen[i] * signalTransfer(k, voxelSize, spec);
    noise[i] = coverage.noise[i] * noiseTransfer(k, voxelSize, spec);
  });
  return { seen: Float32Array.from(coverage.seen), transfer, signal, noise };
}

import { createRealFft3, frequency } from '../fft3.ts';
import type { Random } from '../random.ts';
import type { SimulationSpec } from '../spec.ts';
import { interpolationGain } from '../tilt.ts';
import { noiseTransfer, signalTransfer } from '../transfer.ts';
import { sliceOverlap, tiltAngles, wedgeCoverage } from '../wedge.ts';
import type { Canvas } from './paint.ts';

/** How the noise is drawn. */
export interface NoiseSpec {
  readonly random: Random;
  /** In the finished volume. */
  readonly variance: number;
  /**
   * Voxels along the edge of a subtomogram: slices of the tilt series count as thick as for one, so that a box cut
   * out of the tomogram holds the noise of a simulated subtomogram.
   */
  readonly box: number;
}

/**
 * Images a density in place as the fast model does a subtomogram (`createSpectra`): missing wedge, contrast transfer,
 * detector, and noise that has been through the same steps. Beside the volume it takes as much memory once more.
 *
 * @param canvas sizes of products of 2, 3 and 5, the one along x even
 * @param noise null for none
 * @param checkpoint called between steps; may throw to stop
 */
export async function imageVolume(
  { data, shape, voxelSize }: Canvas,
  spec: SimulationSpec,
  noise: NoiseSpec | null,
  checkpoint: () => Promise<void>,
): Promise<void> {
  const [nz, ny, nx] = shape;
  const nk = nx / 2 + 1;
  const fft = createRealFft3(shape);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  fft.forward(data, re, im);
  await checkpoint();
  const planes = planesOf(shape, spec, noise?.box ?? nx);
  const square = (n: number) => Float64Array.from({ length: n }, (_, k) => frequency(k, n) ** 2);
  const [z2, y2, x2] = [square(nz), square(ny), square(nx)];
  const radius = (z: number, y: number, x: number) => Math.sqrt(z2[z] + y2[y] + x2[x]) / voxelSize;
  let power = 0;
  for (let z = 0, i = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nk; x++, i++) {
        const k = radius(z, y, x);
        const factor = planes.seen[z * nk + x] * signalTransfer(k, voxelSize, spec);
        re[i] *= factor;
        im[i] *= factor;
        if (!noise) continue;
        const twice = x === 0 || x === nk - 1 ? 1 : 2; // the other half of the spectrum
        power += twice * (planes.noise[z * nk + x] * noiseTransfer(k, voxelSize, spec)) ** 2;
      }
    if (z % 16 === 0) await checkpoint();
  }
  if (noise) {
    const { random, variance } = noise;
    // White coefficients have a mean square of 2; the inverse transform divides by the voxel count.
    const scale = (nz * ny * nx * Math.sqrt(variance)) / Math.sqrt(2 * power);
    const amplitude = (z: number, y: number, x: number) =>
      scale * planes.noise[z * nk + x] * noiseTransfer(radius(z, y, x), voxelSize, spec);
    for (let z = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) addNoiseRow(z, y, amplitude, random, shape, re, im);
      if (z % 16 === 0) await checkpoint();
    }
  }
  fft.inverse(re, im, data);
}

/**
 * What the tilt series sees of a frequency and what it leaves of noise, the parts that depend on kx and kz alone:
 * `[nz, nx / 2 + 1]`.
 */
function planesOf([nz, , nx]: Canvas['shape'], spec: SimulationSpec, box: number) {
  const nk = nx / 2 + 1;
  const seen = new Float32Array(nz * nk);
  const noise = new Float32Array(nz * nk);
  const angles = tiltAngles(spec.tilt, spec.tiltStep);
  const step = (spec.tiltStep * Math.PI) / 180;
  for (let z = 0, i = 0; z < nz; z++) {
    const kz = frequency(z, nz);
    for (let x = 0; x < nk; x++, i++) {
      const kx = x / nx;
      const axial = Math.hypot(kx, kz);
      const share = wedgeCoverage(kx * nx, kz * nx, spec.tilt) * interpolationGain(axial);
      seen[i] = share;
      const own = Math.atan2(Math.abs(kz), kx) * Math.sign(kz);
      const nearest = Math.min(Math.max(own, angles[0]), angles[angles.length - 1]);
      const slices = Math.min(angles.length, 1 / (box * axial * step));
      noise[i] = (share * Math.sqrt(slices)) / sliceOverlap(box * axial, nearest, angles);
    }
  }
  return { seen, noise };
}

/** Adds independent normals to a row of a half spectrum, except that the planes kx = 0 and kx = nx / 2 stay Hermitian. */
function addNoiseRow(
  z: number,
  y: number,
  amplitude: (z: number, y: number, x: number) => number,
  random: Random,
  [nz, ny, nx]: Canvas['shape'],
  re: Float32Array,
  im: Float32Array,
): void {
  const nk = nx / 2 + 1;
  const row = (z * ny + y) * nk;
  const partner = (((nz - z) % nz) * ny + ((ny - y) % ny)) * nk;
  for (let x = 0; x < nk; x++) {
    const a = amplitude(z, y, x);
    const real = a * random.normal();
    const imaginary = a * random.normal();
    const shared = x === 0 || x === nk - 1;
    if (!shared) {
      re[row + x] += real;
      im[row + x] += imaginary;
    } else if (partner === row) {
      re[row + x] += Math.SQRT2 * real;
    } else if (partner > row) {
      re[row + x] += real;
      im[row + x] += imaginary;
      re[partner + x] += real;
      im[partner + x] -= imaginary;
    }
  }
}

import { frequency } from './fft3.ts';
import { contrastTransfer, detectorTransfer } from './optics.ts';
import type { SimulationSpec } from './spec.ts';

/**
 * What happens to a 2D or 3D Fourier coefficient of the density at spatial frequency `k` (1/Å) on its
 * way to the picture: contrast and detector. Negative at low frequency: dark density.
 */
export function signalTransfer(k: number, voxelSize: number, spec: SimulationSpec): number {
  const ctf = spec.ctf ? contrastTransfer(k, spec.ctf) : -1;
  return spec.detector ? ctf * detectorTransfer(2 * k * voxelSize) : ctf;
}

/** Standard deviation of the noise at `k`: white before and after the contrast transfer, then detected. */
export function noiseTransfer(k: number, voxelSize: number, spec: SimulationSpec): number {
  const ctf = spec.ctf ? contrastTransfer(k, spec.ctf) : -1;
  const power = spec.noiseBeforeCtf * ctf * ctf + (1 - spec.noiseBeforeCtf);
  return Math.sqrt(power) * (spec.detector ? detectorTransfer(2 * k * voxelSize) : 1);
}

/** Calls `visit(index, kz, ky, kx)` for each bin of a half spectrum; frequencies in cycles per voxel. */
export function forEachFrequency(
  n: number,
  visit: (index: number, kz: number, ky: number, kx: number) => void,
): void {
  for (let z = 0, i = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x <= n / 2; x++, i++) {
        visit(i, frequency(z, n), frequency(y, n), x / n);
      }
}

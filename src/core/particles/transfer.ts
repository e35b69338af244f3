import { fastLength } from '../simulate/fft.ts';
import { createRealFft3, frequency } from '../simulate/fft3.ts';
import { paste } from '../volume/convert.ts';
import type { Shape3 } from '../volume/types.ts';
import { mapTo } from '../typed-arrays.ts';

/** Share of the mean square of a transfer that is added where it is divided by (Wiener). */
const WIENER = 0.1;
/** Of a frequency that is one of the transfer's own but for rounding. */
const NEAR = 1e-6;

const CORNER: Shape3 = [0, 0, 0];

/** What a particle's volume lets through of each frequency, as RELION and Warp write it beside it (`_rlnCtfImage`). */
export interface TransferVolume {
  readonly data: ArrayLike<number>;
  /** `[n, n, n]` with frequency 0 in the middle, or `[n or 2 n, n, n / 2 + 1]` with it in the corner; a second half is not read. */
  readonly shape: Shape3;
}

/** Edge of the volume that a transfer belongs to; null where its shape is none that programs write. */
export function transferSize({
  shape: [nz, ny, nx],
}: Pick<TransferVolume, 'shape'>): number | null {
  const half = nx === Math.floor(ny / 2) + 1;
  if (nx === ny && nz === ny) return ny;
  return half && (nz === ny || nz === 2 * ny) ? ny : null;
}

/**
 * Corrects a cube for the contrast transfer of its projections.
 *
 *     multiplied with it before: F / (W + eps), W the sum of squared transfers
 *     not:                       F C / (C^2 + eps)
 *
 * with `eps` a tenth of the mean of the denominator where that is not 0. The cube's own mean is taken out before and is 0
 * in what comes back.
 *
 * @param data `[n, n, n]` with voxels of the same size as those of the transfer
 */
export function correctTransfer(
  data: ArrayLike<number>,
  n: number,
  transfer: TransferVolume,
  multiplied: boolean,
): Float32Array<ArrayBuffer> {
  const pad = fastLength(n);
  const fft = createRealFft3([pad, pad, pad]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  let sum = 0;
  for (let i = 0; i < n ** 3; i++) sum += data[i];
  const mean = sum / n ** 3;
  const own: Shape3 = [n, n, n];
  const padded: Shape3 = [pad, pad, pad];
  const centred = mapTo(new Float32Array(data.length), data, (value) => value - mean);
  const cube = paste({ data: centred, shape: own }, CORNER, padded, 0);
  fft.forward(cube, re, im);
  const at = sampler(transfer);
  const values = new Float32Array(fft.spectrumLength);
  const nk = pad / 2 + 1;
  let total = 0;
  let some = 0;
  for (let z = 0, i = 0; z < pad; z++)
    for (let y = 0; y < pad; y++)
      for (let x = 0; x < nk; x++, i++) {
        const value = at(x / pad, frequency(y, pad), frequency(z, pad));
        values[i] = value;
        const below = multiplied ? value : value * value;
        if (below > 0) {
          total += below;
          some++;
        }
      }
  const eps = some > 0 ? (WIENER * total) / some : 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const factor = multiplied ? 1 / (Math.max(0, value) + eps) : value / (value * value + eps);
    re[i] *= factor;
    im[i] *= factor;
  }
  // No mean is left, as the transfer of frequency 0 is not that of the others.
  re[0] = 0;
  im[0] = 0;
  fft.inverse(re, im, cube);
  return paste({ data: cube, shape: padded }, CORNER, own, 0);
}

/** The transfer at a frequency in cycles a voxel, interpolated between those of its own grid. */
function sampler({ data, shape: [, n, nx] }: TransferVolume) {
  const full = nx === n;
  const half = Math.floor(n / 2);
  // Frequencies as whole numbers; one of negative x is that of its opposite.
  const value = (x: number, y: number, z: number): number => {
    if (full) return data[(((z + half) % n) * n + ((y + half) % n)) * n + ((x + half) % n)];
    return data[(((z + n) % n) * n + ((y + n) % n)) * nx + Math.min(x, nx - 1)];
  };
  return (fx: number, fy: number, fz: number): number => {
    const [px, py, pz] = [fx * n, fy * n, fz * n];
    const [ix, iy, iz] = [Math.floor(px + NEAR), Math.floor(py + NEAR), Math.floor(pz + NEAR)];
    const [tx, ty, tz] = [px - ix, py - iy, pz - iz];
    if (Math.abs(tx) + Math.abs(ty) + Math.abs(tz) < 3 * NEAR) return value(ix, iy, iz);
    let sum = 0;
    for (let k = 0; k < 8; k++) {
      const [dx, dy, dz] = [k & 1, (k >> 1) & 1, k >> 2];
      const w = (dx ? tx : 1 - tx) * (dy ? ty : 1 - ty) * (dz ? tz : 1 - tz);
      if (w !== 0) sum += w * value(ix + dx, iy + dy, iz + dz);
    }
    return sum;
  };
}

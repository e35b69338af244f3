import { badInput } from '../errors.ts';
import type { Shape3 } from '../volume/types.ts';
import { createFft } from './fft.ts';

/**
 * Fourier transform of real data `[nz, ny, nx]` to the half spectrum `[nz, ny, nx / 2 + 1]`
 * (negative x frequencies follow from symmetry). A 2D image is `[1, ny, nx]`, a row `[1, 1, nx]`.
 */
export interface RealFft3 {
  readonly shape: Shape3;
  /** Length of each of the two arrays of a spectrum. */
  readonly spectrumLength: number;
  /** `F[k] = sum_v f[v] exp(-2 pi i k v / n)`, unnormalised. */
  forward(real: Float32Array, re: Float32Array, im: Float32Array): void;
  /** The exact inverse, divided by the voxel count; overwrites `re` and `im`. */
  inverse(re: Float32Array, im: Float32Array, real: Float32Array): void;
}

/**
 * Plans transforms of one shape; the plan owns its work space, so a call allocates nothing.
 *
 * @throws AppError 'bad-input' when `nx` is odd or a size is not a product of 2, 3 and 5.
 */
export function createRealFft3(shape: Shape3): RealFft3 {
  const [nz, ny, nx] = shape;
  if (nx % 2 !== 0)
    throw badInput(`Real Fourier transform: the x size ${nx} is odd; use an even one.`);
  const half = nx / 2;
  const nk = half + 1;
  const alongX = createFft(half);
  const alongY = createFft(ny);
  const alongZ = createFft(nz);
  const re = new Float64Array(Math.max(half * ny, ny * nk, nz * nk));
  const im = new Float64Array(re.length);
  const empty = new Uint8Array(nz);
  // exp(-2 pi i k / nx): joins the transforms of the even and the odd samples.
  const cos = Float64Array.from({ length: nk }, (_, k) => Math.cos((2 * Math.PI * k) / nx));
  const sin = Float64Array.from({ length: nk }, (_, k) => -Math.sin((2 * Math.PI * k) / nx));

  /** Rows of one z section, even samples as real and odd ones as imaginary part, then split. */
  function rowsForward(real: Float32Array, z: number, outRe: Float32Array, outIm: Float32Array) {
    for (let y = 0; y < ny; y++) {
      const row = (z * ny + y) * nx;
      for (let j = 0, at = y; j < half; j++, at += ny) {
        re[at] = real[row + 2 * j];
        im[at] = real[row + 2 * j + 1];
      }
    }
    alongX.transform(re, im, ny, false);
    for (let y = 0; y < ny; y++) {
      const row = (z * ny + y) * nk;
      for (let k = 0; k < nk; k++) {
        const a = (k === half ? 0 : k) * ny + y;
        const b = (k === 0 ? 0 : half - k) * ny + y;
        const er = 0.5 * (re[a] + re[b]);
        const ei = 0.5 * (im[a] - im[b]);
        const or = 0.5 * (im[a] + im[b]);
        const oi = 0.5 * (re[b] - re[a]);
        outRe[row + k] = er + or * cos[k] - oi * sin[k];
        outIm[row + k] = ei + or * sin[k] + oi * cos[k];
      }
    }
  }

  function rowsInverse(inRe: Float32Array, inIm: Float32Array, z: number, real: Float32Array) {
    for (let y = 0; y < ny; y++) {
      const row = (z * ny + y) * nk;
      for (let k = 0; k < half; k++) {
        const m = half - k;
        const er = inRe[row + k] + inRe[row + m];
        const ei = inIm[row + k] - inIm[row + m];
        const dr = inRe[row + k] - inRe[row + m];
        const di = inIm[row + k] + inIm[row + m];
        const or = dr * cos[k] + di * sin[k];
        const oi = di * cos[k] - dr * sin[k];
        re[k * ny + y] = er - oi;
        im[k * ny + y] = ei + or;
      }
    }
    alongX.transform(re, im, ny, true);
    const scale = 1 / (nx * ny * nz);
    for (let y = 0; y < ny; y++) {
      const row = (z * ny + y) * nx;
      for (let j = 0, at = y; j < half; j++, at += ny) {
        real[row + 2 * j] = re[at] * scale;
        real[row + 2 * j + 1] = im[at] * scale;
      }
    }
  }

  function columns(specRe: Float32Array, specIm: Float32Array, inverse: boolean) {
    if (ny > 1) {
      const size = ny * nk;
      for (let z = 0; z < nz; z++) {
        if (!inverse && empty[z] === 1) continue;
        const at = z * size;
        for (let i = 0; i < size; i++) {
          re[i] = specRe[at + i];
          im[i] = specIm[at + i];
        }
        alongY.transform(re, im, nk, inverse);
        for (let i = 0; i < size; i++) {
          specRe[at + i] = re[i];
          specIm[at + i] = im[i];
        }
      }
    }
    if (nz > 1) {
      const section = ny * nk;
      for (let y = 0; y < ny; y++) {
        for (let z = 0, i = 0; z < nz; z++) {
          const at = z * section + y * nk;
          for (let k = 0; k < nk; k++, i++) {
            re[i] = specRe[at + k];
            im[i] = specIm[at + k];
          }
        }
        alongZ.transform(re, im, nk, inverse);
        for (let z = 0, i = 0; z < nz; z++) {
          const at = z * section + y * nk;
          for (let k = 0; k < nk; k++, i++) {
            specRe[at + k] = re[i];
            specIm[at + k] = im[i];
          }
        }
      }
    }
  }

  return {
    shape,
    spectrumLength: nz * ny * nk,
    forward(real, specRe, specIm) {
      const section = ny * nk;
      for (let z = 0; z < nz; z++) {
        // A molecule often leaves whole sections of its box empty.
        empty[z] = isZero(real, z * ny * nx, (z + 1) * ny * nx) ? 1 : 0;
        if (empty[z] === 1) {
          specRe.fill(0, z * section, (z + 1) * section);
          specIm.fill(0, z * section, (z + 1) * section);
        } else rowsForward(real, z, specRe, specIm);
      }
      columns(specRe, specIm, false);
    },
    inverse(specRe, specIm, real) {
      columns(specRe, specIm, true);
      for (let z = 0; z < nz; z++) rowsInverse(specRe, specIm, z, real);
    },
  };
}

function isZero(data: Float32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (data[i] !== 0) return false;
  return true;
}

/** Signed frequency of bin `k` of `n`, in cycles per sample, from -1/2 (exclusive) to 1/2. */
export function frequency(k: number, n: number): number {
  return (2 * k <= n ? k : k - n) / n;
}

import { badInput } from '../errors.ts';
import type { FloatVolume } from '../volume/types.ts';
import { createRealFft3, frequency } from './fft3.ts';

/**
 * A cube prepared for resampling: coefficients of the cubic B-spline that passes through the voxels,
 * with a margin of zeros so that the support sphere never needs a bounds check.
 */
export interface SplineVolume {
  /** Voxels along each edge of the volume. */
  readonly n: number;
  /** `[n + 2 MARGIN]^3`. */
  readonly coefficients: Float32Array;
  /** Voxels: nothing of the molecule lies further from the middle of the box. */
  readonly radius: number;
}

const MARGIN = 4;

/** Values below this fraction of the maximum count as empty when the support sphere is measured. */
const EMPTY = 1e-3;

/**
 * The spline through the voxels of a cube (periodic, which is harmless where the faces are empty).
 * On frequencies of half Nyquist, where a template low-passed to 4 voxels has fallen to 1/e, it is
 * exact to about 1%.
 *
 * @param volume `[n, n, n]`, `n` even
 * @throws AppError 'bad-input' when the volume is no such cube.
 */
export function createSpline(volume: FloatVolume): SplineVolume {
  const [nz, ny, n] = volume.shape;
  if (nz !== n || ny !== n) throw badInput(`A template must be a cube, not ${nz} x ${ny} x ${n}.`);
  const fft = createRealFft3([n, n, n]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  fft.forward(volume.data, re, im);
  // Divide by the transform of the B-spline's samples 1/6, 4/6, 1/6 along each axis.
  const gain = Float64Array.from(
    { length: n },
    (_, k) => 3 / (2 + Math.cos(2 * Math.PI * frequency(k, n))),
  );
  for (let z = 0, i = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x <= n / 2; x++, i++) {
        const g = gain[z] * gain[y] * gain[x];
        re[i] *= g;
        im[i] *= g;
      }
  const plain = new Float32Array(n ** 3);
  fft.inverse(re, im, plain);
  const size = n + 2 * MARGIN;
  const coefficients = new Float32Array(size ** 3);
  for (let z = 0; z < n; z++)
    for (let y = 0; y < n; y++) {
      const row = (z * n + y) * n;
      const to = ((z + MARGIN) * size + y + MARGIN) * size + MARGIN;
      coefficients.set(plain.subarray(row, row + n), to);
    }
  return { n, coefficients, radius: supportRadius(volume.data, n) };
}

function supportRadius(data: Float32Array, n: number): number {
  const c = (n - 1) / 2;
  const max = data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  let far = 0;
  for (let z = 0, i = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++, i++) {
        if (Math.abs(data[i]) <= EMPTY * max) continue;
        far = Math.max(far, (x - c) ** 2 + (y - c) ** 2 + (z - c) ** 2);
      }
  return Math.min(Math.sqrt(far) + 0.5, n / 2 + MARGIN - 2);
}

/**
 * Rotates about the middle of the box and then shifts: `out(v) = in(R^T (v - shift))`, positions
 * measured from the middle. Voxels outside the moved support sphere are 0.
 *
 * @param rotation `[3, 3]` row-major
 * @param shift voxels along x, y, z
 * @param out `[n, n, n]`
 */
export function rotateVolume(
  { n, coefficients, radius }: SplineVolume,
  rotation: readonly number[],
  shift: readonly number[],
  out: Float32Array,
): void {
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = rotation as number[];
  const [sx, sy, sz] = shift as number[];
  const size = n + 2 * MARGIN;
  const section = size * size;
  const c = (n - 1) / 2;
  const middle = c + MARGIN;
  out.fill(0);
  for (let z = 0; z < n; z++) {
    const dz = z - c - sz;
    for (let y = 0; y < n; y++) {
      const dy = y - c - sy;
      const span = radius * radius - dz * dz - dy * dy;
      if (span <= 0) continue;
      // The part of the row inside the support sphere.
      const reach = Math.sqrt(span);
      const first = Math.max(0, Math.ceil(c + sx - reach));
      const last = Math.min(n - 1, Math.floor(c + sx + reach));
      const row = (z * n + y) * n;
      const ux = middle + r3 * dy + r6 * dz;
      const uy = middle + r4 * dy + r7 * dz;
      const uz = middle + r5 * dy + r8 * dz;
      for (let x = first; x <= last; x++) {
        const dx = x - c - sx;
        const px = ux + r0 * dx;
        const py = uy + r1 * dx;
        const pz = uz + r2 * dx;
        const ix = px | 0;
        const iy = py | 0;
        const iz = pz | 0;
        const tx = px - ix;
        const ty = py - iy;
        const tz = pz - iz;
        // Cubic B-spline weights of the four neighbours along each axis, times 6.
        const x0 = (1 - tx) * (1 - tx) * (1 - tx);
        const x1 = 4 - tx * tx * (6 - 3 * tx);
        const x3 = tx * tx * tx;
        const x2 = 6 - x0 - x1 - x3;
        const y0 = (1 - ty) * (1 - ty) * (1 - ty);
        const y1 = 4 - ty * ty * (6 - 3 * ty);
        const y3 = ty * ty * ty;
        const y2 = 6 - y0 - y1 - y3;
        const z0 = (1 - tz) * (1 - tz) * (1 - tz);
        const z1 = 4 - tz * tz * (6 - 3 * tz);
        const z3 = tz * tz * tz;
        const z2 = 6 - z0 - z1 - z3;
        let sum = 0;
        let at = ((iz - 1) * size + iy - 1) * size + ix - 1;
        for (let k = 0; k < 4; k++) {
          const wz = k === 0 ? z0 : k === 1 ? z1 : k === 2 ? z2 : z3;
          const b = at + size;
          const d = b + size;
          const e = d + size;
          sum +=
            wz *
            (y0 *
              (x0 * coefficients[at] +
                x1 * coefficients[at + 1] +
                x2 * coefficients[at + 2] +
                x3 * coefficients[at + 3]) +
              y1 *
                (x0 * coefficients[b] +
                  x1 * coefficients[b + 1] +
                  x2 * coefficients[b + 2] +
                  x3 * coefficients[b + 3]) +
              y2 *
                (x0 * coefficients[d] +
                  x1 * coefficients[d + 1] +
                  x2 * coefficients[d + 2] +
                  x3 * coefficients[d + 3]) +
              y3 *
                (x0 * coefficients[e] +
                  x1 * coefficients[e + 1] +
                  x2 * coefficients[e + 2] +
                  x3 * coefficients[e + 3]));
          at += section;
        }
        out[row + x] = sum / 216;
      }
    }
  }
}

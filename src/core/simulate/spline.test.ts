import { describe, expect, it } from 'vitest';
import { measureDensity } from '../structure/index.ts';
import { createRandom } from './random.ts';
import { randomRotation, rotationMatrix } from './rotation.ts';
import { createSpline, rotateVolume } from './spline.ts';
import { type Blob, blobs } from './test-templates.ts';

const N = 40;
const LIST: Blob[] = [
  { centre: [7, 1, -2], sigma: 1.3, height: 1 },
  { centre: [-4, -6, 3], sigma: 1.6, height: 0.7 },
];

describe('rotateVolume', () => {
  it('moves blobs to where the matrix and shift put them, within 2% of the maximum', () => {
    const spline = createSpline(blobs(N, LIST));
    const random = createRandom(5);
    const out = new Float32Array(N ** 3);
    for (let trial = 0; trial < 5; trial++) {
      const r = rotationMatrix(randomRotation(random));
      const shift = [0.7, -0.4, 0.9];
      rotateVolume(spline, r, shift, out);
      const moved = LIST.map((b) => ({
        ...b,
        centre: [0, 1, 2].map(
          (i) =>
            r[3 * i] * b.centre[0] +
            r[3 * i + 1] * b.centre[1] +
            r[3 * i + 2] * b.centre[2] +
            shift[i],
        ) as unknown as Blob['centre'],
      }));
      const expected = blobs(N, moved).data;
      const worst = out.reduce((m, v, i) => Math.max(m, Math.abs(v - expected[i])), 0);
      expect(worst).toBeLessThan(0.02);
    }
  });

  it('keeps mass, centre and radius of gyration', () => {
    const volume = blobs(N, LIST);
    const before = measureDensity(volume);
    const spline = createSpline(volume);
    const random = createRandom(6);
    const out = new Float32Array(N ** 3);
    for (let trial = 0; trial < 5; trial++) {
      rotateVolume(spline, rotationMatrix(randomRotation(random)), [0, 0, 0], out);
      const after = measureDensity({ ...volume, data: out }, Number.NEGATIVE_INFINITY);
      expect(after.electrons / before.electrons).toBeCloseTo(1, 3);
      expect(after.radiusOfGyration / before.radiusOfGyration).toBeCloseTo(1, 3);
      expect(Math.hypot(...after.centre)).toBeCloseTo(Math.hypot(...before.centre), 1);
    }
  });

  it('returns the volume itself for the identity', () => {
    const volume = blobs(N, LIST);
    const out = new Float32Array(N ** 3);
    rotateVolume(createSpline(volume), rotationMatrix([1, 0, 0, 0]), [0, 0, 0], out);
    expect(out.reduce((m, v, i) => Math.max(m, Math.abs(v - volume.data[i])), 0)).toBeLessThan(
      2e-3,
    );
  });
});

describe('randomRotation', () => {
  it('is uniform: a rotated axis has mean 0 and second moments 1/3', () => {
    const random = createRandom(11);
    const n = 20000;
    const mean = [0, 0, 0];
    const square = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const r = rotationMatrix(randomRotation(random));
      for (let axis = 0; axis < 3; axis++) {
        mean[axis] += r[3 * axis] / n;
        square[axis] += r[3 * axis] ** 2 / n;
      }
    }
    // Standard errors: 0.577 / sqrt(n) = 0.004 and 0.298 / sqrt(n) = 0.002.
    for (let axis = 0; axis < 3; axis++) {
      expect(Math.abs(mean[axis])).toBeLessThan(0.016);
      expect(Math.abs(square[axis] - 1 / 3)).toBeLessThan(0.009);
    }
  });
});

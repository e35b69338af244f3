import { describe, expect, test } from 'vitest';
import { about, relionMatrix } from '../particles/rotation.ts';
import { AlignedMean } from './average.ts';

const n = 24;
const grid = {
  shape: [n, n, n] as const,
  voxelSize: [10, 10, 10] as const,
  origin: [0, 0, 0] as const,
};

/** A Gaussian at x, y, z voxels from the middle of the box. */
function blob([bx, by, bz]: readonly number[]): Float32Array {
  const out = new Float32Array(n ** 3);
  const c = (n - 1) / 2;
  for (let z = 0, at = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++, at++)
        out[at] = Math.exp(-((x - c - bx) ** 2 + (y - c - by) ** 2 + (z - c - bz) ** 2) / 8);
  return out;
}

describe('the mean of aligned boxes', () => {
  const place = [5, -3, 2] as const;

  test('brings turned particles back onto the reference', () => {
    const mean = new AlignedMean(grid);
    for (const [rot, tilt, psi] of [
      [0, 0, 0],
      [40, 70, -20],
      [-130, 20, 66],
      [90, 90, 90],
    ]) {
      const m = relionMatrix(rot, tilt, psi);
      const turned = [0, 3, 6].map(
        (row) => m[row] * place[0] + m[row + 1] * place[1] + m[row + 2] * place[2],
      );
      mean.add(blob(turned), m);
    }
    expect(mean.count).toBe(4);
    const wanted = blob(place);
    const found = mean.mean();
    const spread = mean.spread();
    const c = (n - 1) / 2;
    for (let z = 0, at = 0; z < n; z++)
      for (let y = 0; y < n; y++)
        for (let x = 0; x < n; x++, at++) {
          if (Math.hypot(x - c, y - c, z - c) > n / 2 - 4) continue;
          expect(Math.abs(found[at] - wanted[at])).toBeLessThan(0.02);
          expect(spread[at]).toBeLessThan(0.03);
        }
  });

  test('the spread is the standard deviation with n - 1', () => {
    const mean = new AlignedMean(grid);
    const values = [1, 2, 4, 7];
    for (const value of values) mean.add(new Float32Array(n ** 3).fill(value), null);
    expect(mean.mean()[100]).toBeCloseTo(3.5, 6);
    expect(mean.spread()[100]).toBeCloseTo(Math.sqrt(21 / 3), 6);
  });

  test('counts at a voxel only the boxes that reach it', () => {
    const mean = new AlignedMean(grid);
    mean.add(new Float32Array(n ** 3).fill(3), null);
    mean.add(new Float32Array(n ** 3).fill(3), about.z(45));
    const corner = mean.mean()[0];
    expect(corner).toBe(3);
    expect(mean.mean()[n ** 3 / 2 + n / 2]).toBeCloseTo(3, 3);
    expect(mean.spread()[0]).toBe(0);
  });

  test('leaves out of maps of a layer what lies beyond the box, too', () => {
    const mean = new AlignedMean(grid);
    for (const angle of [0, 45])
      mean.addMap(new Float32Array(8).fill(3), [2, 2, 2], about.z(angle));
    expect(Math.min(...mean.mean())).toBeCloseTo(3, 5);
    expect(Math.max(...mean.spread())).toBeCloseTo(0, 5);
  });
});

import { describe, expect, test } from 'vitest';
import { takeRegion } from '../volume/region.ts';
import type { SourceVolume, Vec3 } from '../volume/types.ts';
import { cutBox, planBox } from './extract.ts';
import { about, type Matrix3, relionMatrix } from './rotation.ts';

/** A volume of a function of the position in Å from its first voxel. */
function volumeOf(
  shape: readonly [number, number, number],
  step: number,
  value: (x: number, y: number, z: number) => number,
): SourceVolume<Float32Array> {
  const [nz, ny, nx] = shape;
  const data = new Float32Array(nz * ny * nx);
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) data[at++] = value(x * step, y * step, z * step);
    }
  }
  return { data, shape, voxelSize: [step, step, step], voxelSizeKnown: true, origin: [7, -3, 100] };
}

/** Reads only the plan's region, as from a file. */
function cut(
  volume: SourceVolume<Float32Array>,
  position: Vec3,
  size: number,
  voxelSize: number,
  rotation: Matrix3 | null = null,
  fill = 0,
) {
  const plan = planBox(volume, position, { shape: [size, size, size], voxelSize }, rotation);
  const part = plan.region ? takeRegion(volume, plan.region).data : new Float32Array();
  return { plan, box: cutBox(plan, part, fill) };
}

describe('boxes around particles', () => {
  const noise = volumeOf(
    [30, 32, 34],
    10,
    (x, y, z) => Math.sin(x * 12.9 + y * 78.2 + z * 37.7) % 1,
  );

  test('on whole voxels of equal size the values are copied', () => {
    const { box, plan } = cut(noise, [155, 145, 145], 8, 10);
    const whole = takeRegion(noise, { start: [11, 11, 12], shape: [8, 8, 8] });
    expect(plan.grid.origin).toEqual([7 + 120, -3 + 110, 100 + 110]);
    expect(plan.covered).toBe(1);
    whole.data.forEach((value, i) => void expect(box[i]).toBeCloseTo(value, 5));
  });

  test('outside the tomogram stands the fill; the share inside is given', () => {
    const { box, plan } = cut(noise, [0, 155, 145], 8, 10, null, 5);
    expect(plan.covered).toBeCloseTo(45 / 80);
    expect(box[0]).toBeCloseTo(5, 0);
    const far = cut(noise, [-1000, 0, 0], 4, 10, null, 2);
    expect(far.plan.covered).toBe(0);
    expect([...far.box]).toEqual(new Array(64).fill(2));
  });

  const wave = (k: Vec3) => (x: number, y: number, z: number) =>
    Math.cos(((x - 150) * k[0] + (y - 150) * k[1] + (z - 150) * k[2]) * 2 * Math.PI);

  test('a wave below the coarser Nyquist limit keeps its shape at another voxel size', () => {
    const value = wave([1 / 90, 1 / 110, -1 / 120]);
    const volume = volumeOf([60, 60, 60], 5, value);
    const { box, plan } = cut(volume, [151, 148, 150], 8, 13.5);
    const [x0, y0, z0] = plan.grid.origin;
    for (let z = 0, at = 0; z < 8; z++) {
      for (let y = 0; y < 8; y++) {
        for (let x = 0; x < 8; x++) {
          const wanted = value(x0 - 7 + 13.5 * x, y0 + 3 + 13.5 * y, z0 - 100 + 13.5 * z);
          expect(Math.abs(box[at++] - wanted)).toBeLessThan(0.03);
        }
      }
    }
  });

  test('a wave above it vanishes instead of folding back', () => {
    const volume = volumeOf([60, 60, 60], 5, wave([1 / 12, 0, 0]));
    const { box } = cut(volume, [150, 150, 150], 8, 20);
    expect(Math.max(...box.map(Math.abs))).toBeLessThan(0.05);
  });

  test('a turned box shows the reference as it was before it was turned', () => {
    // A blob off the centre along the reference's x, y and z, placed by a rotation.
    const rotation = relionMatrix(37, 112, -64);
    const offset: Vec3 = [40, -25, 15];
    const turned: Vec3 = [0, 3, 6].map(
      (i) => rotation[i] * offset[0] + rotation[i + 1] * offset[1] + rotation[i + 2] * offset[2],
    ) as unknown as Vec3;
    const blob = (c: Vec3) => (x: number, y: number, z: number) =>
      Math.exp(-((x - 150 - c[0]) ** 2 + (y - 150 - c[1]) ** 2 + (z - 150 - c[2]) ** 2) / 800);
    const upright = cut(volumeOf([30, 30, 30], 10, blob(offset)), [150, 150, 150], 14, 10).box;
    const { box } = cut(
      volumeOf([30, 30, 30], 10, blob(turned)),
      [150, 150, 150],
      14,
      10,
      rotation,
    );
    upright.forEach((value, i) => void expect(Math.abs(box[i] - value)).toBeLessThan(0.01));
  });

  test('a quarter turn about z takes x to y', () => {
    const volume = volumeOf([20, 20, 20], 1, (x, y) => (x === 10 && y === 14 ? 1 : 0));
    // The reference's x axis points along the tomogram's y.
    const { box } = cut(volume, [9.5, 9.5, 9.5], 20, 1, about.z(90));
    const at = (z: number, y: number, x: number) => box[(z * 20 + y) * 20 + x];
    expect(at(10, 9, 14)).toBeCloseTo(1, 4);
  });
});

import { expect, it } from 'vitest';
import { projectRay } from './projectRay.ts';

const [nz, ny, nx] = [4, 5, 6];
const volume = {
  data: new Float32Array(nz * ny * nx),
  shape: [nz, ny, nx],
  voxelSize: [2, 3, 4],
  origin: [-1, 10, 0],
} as const;
const set = (x: number, y: number, z: number, value: number) => {
  volume.data[(z * ny + y) * nx + x] = value;
};
set(2, 1, 3, 5);
set(2, 1, 0, -7);
set(4, 4, 2, 3);

it('finds the largest magnitude on a ray, of the signs that count', () => {
  const down = [0, 0, -1] as const;
  const from = [3, 13, 100] as const;
  const both = projectRay(volume, from, down)!;
  // Half a step from the voxel's centre at most.
  expect(both.value).toBeCloseTo(-7, 5);
  expect(both.at[2]).toBeLessThan(1);
  expect(projectRay(volume, from, down, [0, 9])!.value).toBeCloseTo(5, 5);
  expect(projectRay(volume, from, down, [-9, 9], ([, , z]) => z < 6)!.value).toBeCloseTo(5, 5);
});

it('goes through the box whichever way it is seen, and misses what lies beside it', () => {
  const to = [-1 + 4 * 2, 10 + 4 * 3, 2 * 4];
  const back = [-3, 5, 2].map((part) => part / Math.hypot(3, 5, 2));
  const eye = to.map((one, axis) => one + 50 * back[axis]) as unknown as [number, number, number];
  const direction = back.map((part) => -part) as unknown as [number, number, number];
  expect(projectRay(volume, eye, direction)!.value).toBeGreaterThan(2.4);
  expect(projectRay(volume, [100, 0, 0], [0, 0, -1])).toBeNull();
  expect(projectRay(volume, [3, 13, 100], [0, 0, 1])).toBeNull();
});

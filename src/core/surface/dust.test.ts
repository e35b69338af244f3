import { expect, it } from 'vitest';
import { withoutDust } from './dust.ts';
import { isosurface } from './isosurface.ts';
import { meshVolume } from './mesh.ts';

/** A ball of radius 6 voxels and one of 2, voxels of 10 Å. */
const n = 24;
const data = Float32Array.from({ length: n ** 3 }, (_, v) => {
  const [x, y, z] = [v % n, Math.floor(v / n) % n, Math.floor(v / n ** 2)];
  return Math.max(6 - Math.hypot(x - 9, y - 9, z - 9), 2 - Math.hypot(x - 20, y - 20, z - 20));
});
const mesh = isosurface(
  { data, shape: [n, n, n], voxelSize: [10, 10, 10], origin: [0, 0, 0] },
  0.01,
  { enclose: 'above' },
);

it('takes away pieces whose box is smaller than asked, whole', () => {
  const { mesh: large, hidden } = withoutDust(mesh, 100);
  expect(hidden).toBe(1);
  expect(meshVolume(mesh)).toBeGreaterThan(meshVolume(large));
  expect(meshVolume(large) / ((4 / 3) * Math.PI * 60 ** 3)).toBeCloseTo(1, 1);
  expect(Math.max(...large.indices)).toBe(large.positions.length / 3 - 1);
  expect(large.positions.every((at) => at < 160)).toBe(true);
});

it('keeps all where nothing is that small, and the largest piece where all is', () => {
  expect(withoutDust(mesh, 10)).toEqual({ mesh, hidden: 0, onlyDust: false });
  expect(withoutDust(mesh, 1e4)).toEqual({ ...withoutDust(mesh, 100), onlyDust: true });
});

import { describe, expect, it } from 'vitest';
import type { FloatVolume, Vec3 } from '../core/volume/types.ts';
import { AXES, ORIENTATION, planeOf, sliceOf, valueAt, voxelAt, worldOf } from './planes.ts';

/** 3 sections of 4 rows of 5 columns; sample `x + 10 y + 100 z`; every axis of another scale. */
const volume: FloatVolume = {
  data: Float32Array.from(
    { length: 60 },
    (_, i) => (i % 5) + 10 * (Math.floor(i / 5) % 4) + 100 * Math.floor(i / 20),
  ),
  shape: [3, 4, 5],
  voxelSize: [2, 4, 8],
  origin: [-100, 7, 30],
};

describe('slices', () => {
  it.each(AXES)('of %s hold the voxels that their orientation says', (axis) => {
    const { across, up, through } = ORIENTATION[axis];
    const plane = planeOf(volume, axis);
    for (const index of [plane.count - 1, 0, 1]) {
      const slice = sliceOf(volume, axis, index);
      expect(slice).toHaveLength(plane.width * plane.height);
      for (let v = 0; v < plane.height; v++) {
        for (let u = 0; u < plane.width; u++) {
          const voxel: [number, number, number] = [0, 0, 0];
          [voxel[across], voxel[up], voxel[through]] = [u, v, index];
          expect(slice[v * plane.width + u]).toBe(valueAt(volume, voxel));
        }
      }
    }
  });

  it('are seen from +z, -y and +x in a right-handed world', () => {
    const unit = (i: number) => [0, 1, 2].map((k) => (k === i ? 1 : 0));
    const cross = (a: number[], b: number[]) => [
      a[1] * b[2] - a[2] * b[1],
      a[2] * b[0] - a[0] * b[2],
      a[0] * b[1] - a[1] * b[0],
    ];
    const towardsViewer = AXES.map((axis) =>
      cross(unit(ORIENTATION[axis].across), unit(ORIENTATION[axis].up)),
    );
    expect(towardsViewer).toEqual([
      [0, 0, 1],
      [0, -1, 0],
      [1, 0, 0],
    ]);
  });

  it('share the memory of gathered samples between callers', () => {
    expect(sliceOf(volume, 'x', 2)).toBe(sliceOf(volume, 'x', 2));
    expect(sliceOf(volume, 'z', 1).buffer).toBe(volume.data.buffer);
  });
});

describe('voxelAt', () => {
  it('goes back and forth with worldOf', () => {
    const voxel: Vec3 = [3, 1, 2];
    expect(voxelAt(volume, worldOf(volume, voxel))).toEqual(voxel);
    expect(worldOf(volume, voxel)).toEqual([-94, 11, 46]);
  });

  it('takes the nearest centre and stays inside', () => {
    expect(voxelAt(volume, [-97.1, 9.1, 33.9])).toEqual([1, 1, 0]);
    expect(voxelAt(volume, [1e9, -1e9, Number.NaN])).toEqual([4, 0, 0]);
  });
});

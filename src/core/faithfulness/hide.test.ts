import { expect, it } from 'vitest';
import { ballOf, hiding } from './hide.ts';

it('marks the voxels within a ball, whatever the voxels and the origin', () => {
  const grid = { shape: [3, 4, 5], voxelSize: [10, 20, 5], origin: [-7, 3, 100] } as const;
  const at = (x: number, y: number, z: number) => (z * 4 + y) * 5 + x;
  const marked = ballOf(grid, [13, 43, 105], 12);
  expect(marked[at(2, 2, 1)]).toBe(1);
  expect([marked[at(1, 2, 1)], marked[at(3, 2, 1)], marked[at(2, 2, 0)]]).toEqual([1, 1, 1]);
  expect([marked[at(2, 1, 1)], marked[at(0, 2, 1)]]).toEqual([0, 0]);
});

it('puts the mean of each channel in place of what is hidden, or of all else', () => {
  const input = Float32Array.of(1, 10, 2, 20, 3, 30);
  const marked = Uint8Array.of(0, 1, 0);
  expect([...hiding({ input, channels: 2 }, marked, false)]).toEqual([1, 10, 2, 20, 3, 30]);
  expect([...hiding({ input, channels: 2 }, Uint8Array.of(1, 0, 0), false)]).toEqual([
    2, 20, 2, 20, 3, 30,
  ]);
  expect([...hiding({ input, channels: 2 }, marked, true)]).toEqual([2, 20, 2, 20, 2, 20]);
});

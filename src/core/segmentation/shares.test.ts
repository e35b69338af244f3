import { expect, it } from 'vitest';
import { labelsAlong, marksAlong } from '../../slices/labels.ts';
import { fillLabels, labelTable } from '../color/index.ts';
import { componentsOf } from './components.ts';
import type { Labels } from './decide.ts';
import { componentVolume, maskShares } from './mask.ts';
import { classShares } from './shares.ts';

const grid = { shape: [4, 4, 4], voxelSize: [2, 2, 2], origin: [0, 10, 20] } as const;

/** Label 1 in the half x < 2; with `members`, label 2 wherever z is 0 as well. */
function half(independent: boolean): Labels {
  const labels = Uint8Array.from({ length: 64 }, (_, i) =>
    i % 4 < 2 || (independent && i < 16) ? 1 : 0,
  );
  const members = Uint8Array.from({ length: 64 }, (_, i) => (i % 4 < 2 ? 1 : 0) | (i < 16 ? 2 : 0));
  return {
    shape: [4, 4, 4],
    labels,
    certainty: labels,
    members: independent ? members : null,
    shared: 0,
  };
}

it('counts the voxels of a class in blocks, on a grid that stays in its place', () => {
  const shares = classShares(half(false), grid, 8);
  expect([...shares.keys()]).toEqual([1]);
  const one = shares.get(1)!;
  expect(one).toMatchObject({ shape: [2, 2, 2], voxelSize: [4, 4, 4], origin: [1, 11, 21] });
  expect([...one.data]).toEqual([255, 0, 255, 0, 255, 0, 255, 0]);
});

it('smooths single voxels, and knows classes that hold together', () => {
  const shares = classShares(half(true), grid);
  expect([...shares.keys()]).toEqual([1, 2]);
  const { data, shape } = shares.get(1)!;
  expect(shape).toEqual([4, 4, 4]);
  // In the middle of the volume only x matters: 1 1 0 0 becomes 3/4 3/4 1/4 0.
  const row = [...data.subarray((1 * 4 + 1) * 4, (1 * 4 + 1) * 4 + 4)];
  for (const [i, share] of [0.75, 0.75, 0.25, 0].entries())
    expect(Math.abs(row[i] - 255 * share)).toBeLessThan(3);
  expect(shares.get(2)!.data[(3 * 4 + 1) * 4 + 1]).toBe(0);
});

it('paints labels of a coarser grid over a slice, the last row first', () => {
  const density = {
    shape: [4, 4, 4],
    voxelSize: [1, 1, 1],
    origin: [0, 0, 0],
    data: new Float32Array(64),
  } as const;
  const volume = {
    shape: [2, 2, 2],
    voxelSize: [2, 2, 2],
    origin: [0, 0, 0],
    data: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 2),
  } as const;
  const at = (axis: 'z' | 'y' | 'x', index: number, across: number, up: number) =>
    labelsAlong(density, volume, axis, index)(across, up);
  expect(at('z', 1, 0, 1)).toBe(1);
  expect(at('z', 1, 2, 0)).toBe(0);
  expect(at('y', 3, 3, 2)).toBe(2);
  expect(at('x', 2, 3, 3)).toBe(2);
  const out = new Uint8ClampedArray(4 * 16).fill(100);
  const table = labelTable(new Map([[1, [255, 0, 0]]]), 1);
  fillLabels(out, 4, 4, labelsAlong(density, volume, 'z', 0), table);
  expect([...out.subarray(12 * 4, 12 * 4 + 3)]).toEqual([255, 0, 0]);
  expect([...out.subarray(0, 3)]).toEqual([100, 100, 100]);
});

it('draws a component by itself as it is drawn with its class, and marks it in the slices', () => {
  const labels = new Uint8Array(64);
  for (const voxel of [21, 22, 25, 26, 41]) labels[voxel] = 1;
  const found = { ...half(false), labels, certainty: labels };
  const components = componentsOf(found);
  const part = componentVolume(components, components.list[0], grid);
  expect(part).toMatchObject({ shape: [2, 2, 2], origin: [2, 12, 22] });
  expect([...part.data]).toEqual([1, 1, 1, 1, 0, 0, 1, 0]);

  const whole = classShares(found, grid).get(1)!;
  const own = maskShares(part)!;
  expect(own).toMatchObject({ shape: [4, 4, 4], origin: [0, 10, 20] });
  expect(own.data).toEqual(whole.data);

  const density = { ...grid, data: new Float32Array(64) };
  const slice = [...marksAlong(density, part, 'z', 1)];
  expect(slice).toEqual([...labels.subarray(16, 32)]);
  expect(marksAlong(density, part, 'z', 0).some((one) => one > 0)).toBe(false);
});

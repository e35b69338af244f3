import { expect, it } from 'vitest';
import type { FloatVolume } from '../core/volume/types.ts';
import { PALETTES } from '../core/color/index.ts';
import type { SliceContent } from './painter.ts';
import { AXES, ORIENTATION, planeOf } from './planes.ts';
import { projectedContent, seenVoxel } from './projections.ts';

const shape = [2, 3, 4] as const;
const volume = (data: Float32Array): FloatVolume => ({
  ...{ data, shape, voxelSize: [10, 10, 20], origin: [0, 0, 0] },
});
const density = volume(Float32Array.from({ length: 24 }, (_, i) => i));
const heat = volume(Float32Array.from({ length: 24 }, (_, i) => (i === 17 ? -9 : i / 10)));
const content: SliceContent = {
  ...{ density, heat, colour: null, levels: [], inputIso: 3, marked: null },
  colors: {
    window: { low: 0, high: 1 },
    scale: { limit: 9, palette: PALETTES.diverging },
    mix: 'overlay',
    sign: 'both',
  },
};

it('has the mean density and the largest values of the map along each axis', () => {
  for (const axis of AXES) {
    const { content: seen, depth } = projectedContent(content, axis);
    const { width, height, count } = planeOf(seen.density, axis);
    const { across, up, through } = ORIENTATION[axis];
    expect([width, height, count]).toEqual([shape[2 - across], shape[2 - up], 1]);
    // Voxel 17 is x 1, y 1, z 1.
    const at = 1 * width + 1;
    expect(seen.heat!.data[at]).toBe(-9);
    expect(depth![at]).toBe(1);
    const mean = seen.density.data.reduce((a, b) => a + b, 0) / seen.density.data.length;
    expect(mean).toBeCloseTo(11.5, 5);
    expect(seenVoxel(density, axis, depth, [30, 20, 20], [1, 1])).toEqual([1, 1, 1]);
    expect(seenVoxel(density, axis, null, [30, 20, 20], [0, 0])[through]).toBe([3, 2, 1][through]);
  }
});

it('keeps what it made', () => {
  expect(projectedContent(content, 'z')).toBe(projectedContent(content, 'z'));
});

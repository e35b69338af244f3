import { expect, it } from 'vitest';
import { scaleBar } from './scaleBar.ts';

it.each([
  [0.8, 100, 'nm', 80, '10 nm'],
  [0.8, 79, 'nm', 40, '5 nm'],
  [0.8, 100, 'Å', 80, '100 Å'],
  [0.02, 100, 'nm', 100, '500 nm'],
  [60, 100, 'nm', 60, '0.1 nm'],
] as const)('%d px per Å in %d px: %s', (pixelsPerA, room, unit, width, label) => {
  const bar = scaleBar(pixelsPerA, room, unit);
  expect(bar.width).toBeCloseTo(width, 9);
  expect(bar.label).toBe(label);
});

it('counts voxels where nothing gives their size', () => {
  expect(scaleBar(10, 60, 'voxels')).toEqual({ width: 50, label: '5 voxels' });
});

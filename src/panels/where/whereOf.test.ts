import { expect, it } from 'vitest';
import type { SourceVolume } from '../../core/volume/index.ts';
import { particleIn, whereShown, whereText } from './whereOf.ts';

const shape = [8, 8, 8] as const;
const data = new Float32Array(512);
for (let v = 0; v < 512; v++) {
  const [x, y, z] = [v % 8, Math.floor(v / 8) % 8, Math.floor(v / 64)];
  data[v] = -Number(x >= 2 && x < 6 && y >= 2 && y < 6 && z >= 2 && z < 6);
}
const volume: SourceVolume<Float32Array> = {
  ...{ data, shape, voxelSize: [10, 10, 10], origin: [0, 0, 0], voxelSizeKnown: true },
};
const level = { unit: 'percent', value: 30 } as const;
const particle = particleIn(volume, level, 'dark');

function shown(...values: number[]) {
  const map = { data: Float32Array.from(values), sum: 0, min: 0, max: 0 };
  return { map, gridShape: [2, 2, 2] } as const;
}

it('says how much of a map is inside beside what chance gives, and where the peak is', () => {
  const where = whereShown(shown(0, 3, 0, 0, 0, 0, 0, 1), volume, particle);
  const text = whereText(where, 'nm')!;
  expect(text.sign).toBe('for');
  // The map's voxels are 4 nm wide: centres 2 nm from the middle along each axis.
  expect(`${text.short} ${text.chance}`).toMatch(/^\d+% inside \(chance \d+%\)$/);
  expect(text.peakAt).toBe('3.5 nm +x −y');
  expect(text.peak).toEqual([55, 15, 15]);
  expect(text.long).toMatch(/2³ voxels of 4 nm\.$/);
});

it('speaks of what is against the class where that is more, and of nothing in a map of zeros', () => {
  const against = whereText(whereShown(shown(-3, 1, 0, 0, 0, 0, 0, 1), volume, particle), 'nm');
  expect(against).toMatchObject({ sign: 'against', peak: [15, 15, 15] });
  expect(whereText(whereShown(shown(0, 0, 0, 0, 0, 0, 0, 0), volume, particle), 'nm')).toBeNull();
});

it('finds no particle in a picture, and says the extent then', () => {
  const picture = { ...volume, rowsDown: true };
  expect(particleIn(picture, level, 'dark')).toBeNull();
  const where = whereShown(shown(1, 0, 0, 0, 0, 0, 0, 0), picture, null);
  expect(whereText(where, 'pixels')?.short).toBe('extent 20 pixels');
});

it('remembers the particle of a volume until the level moves', () => {
  expect(particleIn(volume, level, 'dark')).toBe(particle);
  expect(particleIn(volume, { ...level, value: 90 }, 'dark')).not.toBe(particle);
});

import { expect, test } from 'vitest';
import { about } from '../particles/rotation.ts';
import { resample } from '../volume/index.ts';
import { turnedMap } from './turned.ts';

const map = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i) + (i % 4));

test('a map that is not turned is resampled about the centres of its voxels', () => {
  const found = turnedMap(map, [4, 4, 4], [12, 12, 12], null);
  const wanted = resample(map, [4, 4, 4], [12, 12, 12]);
  found.forEach((value, i) => void expect(value).toBeCloseTo(wanted[i], 5));
});

test('a quarter turn about z brings x of the box to y of the reference', () => {
  const found = turnedMap(map, [4, 4, 4], [4, 4, 4], about.z(90));
  for (let z = 0; z < 4; z++)
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++)
        // The reference's (x, y) stands at (-y, x) of the box.
        expect(found[(z * 4 + y) * 4 + x]).toBeCloseTo(map[(z * 4 + x) * 4 + 3 - y], 5);
});

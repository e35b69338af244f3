import { expect, test } from 'vitest';
import { channelsBehind } from './kernels.ts';

test('channels go behind the window, some rows being read at a time', () => {
  const [a, b, voxels] = [17, 733, 90];
  const number = (i: number, j: number, v: number) => (i * b + j) * voxels + v;
  let [at, most] = [0, 0];
  const kernel = channelsBehind(
    (from, to) => {
      expect(from).toBe(at);
      at = to;
      most = Math.max(most, to - from);
      return Float32Array.from({ length: to - from }, (_, i) => from + i);
    },
    [a, b, 9, 10],
  );
  expect(at).toBe(a * b * voxels);
  expect(most).toBe(16 * b * voxels);
  for (const [i, j, v] of [
    [0, 0, 0],
    [16, 732, 89],
    [9, 3, 44],
  ])
    expect(kernel[(v * b + j) * a + i]).toBe(number(i, j, v));
});

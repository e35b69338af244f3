import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterAll, expect, test } from 'vitest';
import { writeMrc } from '../src/core/mrc/index.ts';
import { writeNpy } from '../src/core/npy/index.ts';
import { computeStats } from '../src/core/volume/index.ts';
import { readInput } from './input.ts';

const folder = mkdtempSync(join(tmpdir(), 'respond-cam-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const ramp = Float32Array.from({ length: 24 }, (_, i) => i * i);

test.each([
  ['z, y, x', [2, 3, 4]],
  ['z, y, x, channel', [2, 3, 4, 1]],
  ['batch, z, y, x, channel', [1, 2, 3, 4, 1]],
])('a .npy of shape %s goes into a 3D network', async (_, shape) => {
  const input = await readInput(file('a.npy', writeNpy(ramp, shape)), [2, 3, 4, 1]);
  expect([...input.data]).toEqual([...ramp]);
  expect(input).toMatchObject({ shape: [2, 3, 4, 1], steps: [], grid: { shape: [2, 3, 4] } });
});

test.each([
  ['y, x, channel', [2, 4, 3]],
  ['batch, y, x, channel', [1, 2, 4, 3]],
])('a .npy of shape %s goes into a 2D network as it is', async (_, shape) => {
  const input = await readInput(file('b.npy', writeNpy(ramp, shape)), [2, 4, 3]);
  expect([...input.data]).toEqual([...ramp]);
  expect(input.grid.shape).toEqual([1, 2, 4]);
});

test('several channels are normalised together', async () => {
  const path = file('c.npy', writeNpy(ramp, [2, 2, 3, 2]));
  const { data, steps } = await readInput(path, [2, 2, 3, 2], { normalization: 'zscore' });
  const { mean, std } = computeStats(ramp);
  data.forEach((value, i) => {
    expect(value).toBeCloseTo((ramp[i] - mean) / std, 5);
  });
  expect(steps).toHaveLength(1);
});

test('an MRC keeps its place in the world when it is cropped', async () => {
  const data = Float32Array.from({ length: 216 }, (_, i) => i);
  const grid = { shape: [6, 6, 6], voxelSize: [5, 5, 5], origin: [100, 0, -20] } as const;
  const path = file('d.mrc', writeMrc({ data, ...grid }));
  const input = await readInput(path, [4, 4, 4, 1], {}, { fit: 'crop' });
  expect(input.grid).toMatchObject({ shape: [4, 4, 4], origin: [105, 5, -15] });
  expect(input.data[0]).toBe(1 * 36 + 1 * 6 + 1);
  await expect(readInput(path, [4, 4, 4, 1])).rejects.toThrow(
    `${path}: The volume has 6^3 voxels (z, y, x), but the network takes 4^3`,
  );
  await expect(readInput(path, [6, 6, 6, 2])).rejects.toThrow('accepted: 2 channels');
});

/** 4 x 2 pixels with red rising along x and green along y. */
const rgba = new Uint8Array(
  Array.from({ length: 8 }, (_, i) => [60 * (i % 4), 100 * Math.floor(i / 4), 30, 255]).flat(),
);

test('a PNG gives its samples, as colour or luminance', async () => {
  const png = new PNG({ width: 4, height: 2 });
  png.data = Buffer.from(rgba);
  const path = file('e.png', PNG.sync.write(png));
  const colour = await readInput(path, [2, 4, 3]);
  expect([...colour.data.subarray(0, 6)]).toEqual([0, 0, 30, 60, 0, 30]);
  expect([...colour.data.subarray(12, 15)]).toEqual([0, 100, 30]);
  const grey = await readInput(path, [2, 4, 1]);
  expect(grey.data[5]).toBeCloseTo(0.299 * 60 + 0.587 * 100 + 0.114 * 30, 4);
  await expect(readInput(path, [8, 8, 8, 1])).rejects.toThrow('this is a picture');
  const fitted = await readInput(path, [1, 2, 3], {}, { fit: 'resample' });
  // mean over [-0.5, 1.5] of 60 t, which is 0 before the first sample
  expect(fitted.data[0]).toBeCloseTo((30 * 1.5 ** 2) / 2, 4);
});

test('a JPEG is told by content and decoded; a damaged one is refused', async () => {
  const flat = new Uint8Array(16 * 16 * 4).fill(255);
  for (let i = 0; i < 256; i++) flat.set([200, 40, 90], 4 * i);
  const jpeg = encode({ width: 16, height: 16, data: flat }, 100).data;
  const { data } = await readInput(file('f.png', jpeg), [16, 16, 3]);
  [200, 40, 90].forEach((value, c) => {
    expect(Math.abs(data[3 * 100 + c] - value)).toBeLessThan(4);
  });
  const cut = file('g.jpg', jpeg.subarray(0, 40));
  await expect(readInput(cut, [16, 16, 3])).rejects.toThrow('the picture cannot be decoded');
});

test('another kind of picture is refused with the kinds that a network for pictures takes', async () => {
  const path = file('h.bmp', Uint8Array.of(0x42, 0x4d, ...new Uint8Array(60)));
  await expect(readInput(path, [16, 16, 3])).rejects.toThrow(
    /a BMP image.*accepted: .*\.png, \.jpg$/,
  );
  await expect(readInput(path, [8, 8, 8, 1])).rejects.toThrow(/a BMP image(?!.*\.png)/);
});

test('values that are no numbers are replaced, and that is said', async () => {
  const holed = ramp.slice();
  holed[5] = Number.NaN;
  const { data, steps } = await readInput(file('n.npy', writeNpy(holed, [2, 3, 4])), [2, 3, 4, 1]);
  const others = ramp.filter((_, i) => i !== 5);
  expect(data[5]).toBeCloseTo(others.reduce((a, b) => a + b) / others.length, 4);
  expect(steps).toEqual([expect.stringMatching(/^1 of 24 values are NaN or infinite/)]);
});

test('another box is refused with a hint at the flag', async () => {
  const path = file('o.npy', writeNpy(ramp, [2, 3, 4]));
  await expect(readInput(path, [4, 4, 4, 1])).rejects.toThrow(/takes 4\^3; accepted: .* See --fit/);
});

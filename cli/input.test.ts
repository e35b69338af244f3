import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterAll, expect, test } from 'vitest';
import { writeMrc } from '../src/core/mrc/index.ts';
import { writeNpy } from '../src/core/npy/index.ts';
import { computeStats } from '../src/core/volume/index.ts';
import { countInputs } from './input-parts.ts';
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
    `${path}: The volume has 6³ voxels, but the network takes 4³`,
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

test('a JPEG is recognised by content and decoded; a damaged one is refused', async () => {
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
  const path = file('h.gif', new TextEncoder().encode(`GIF89a${'\0'.repeat(60)}`));
  await expect(readInput(path, [16, 16, 3])).rejects.toThrow(
    /a GIF image.*accepted: .*\.png \.jpg/,
  );
  await expect(readInput(path, [8, 8, 8, 1])).rejects.toThrow(/a GIF image(?!.*\.png)/);
});

test('values that are no numbers are replaced, and that is said', async () => {
  const holed = ramp.slice();
  holed[5] = Number.NaN;
  const { data, steps, findings } = await readInput(
    file('n.npy', writeNpy(holed, [2, 3, 4])),
    [2, 3, 4, 1],
  );
  const others = ramp.filter((_, i) => i !== 5);
  expect(data[5]).toBeCloseTo(others.reduce((a, b) => a + b) / others.length, 4);
  expect(steps).toEqual(['1 NaN or infinite values were replaced by the mean of the others.']);
  expect(findings.map(({ code }) => code)).toEqual(['voxel-size-unknown', 'not-finite']);
});

test('another box is refused with a hint at the flag', async () => {
  const path = file('o.npy', writeNpy(ramp, [2, 3, 4]));
  await expect(readInput(path, [4, 4, 4, 1])).rejects.toThrow(/takes 4³; accepted: .* See --fit/);
});

test('images never go into a 3D network, whatever the fit; the user may say that they are sections', async () => {
  const grid = { shape: [8, 8, 8], voxelSize: [5, 5, 5], origin: [0, 0, 0] } as const;
  const data = Float32Array.from({ length: 512 }, (_, i) => i);
  const stack = file('eight.mrcs', writeMrc({ data, ...grid }));
  for (const fit of ['none', 'crop', 'resample'] as const) {
    await expect(readInput(stack, [8, 8, 8, 1], {}, { fit })).rejects.toThrow(
      /eight.mrcs: the file holds 8 separate images, but the network takes volumes of 8³/,
    );
  }
  const image = file('image.npy', writeNpy(ramp, [4, 6, 1]));
  await expect(readInput(image, [8, 8, 8, 1], {}, { fit: 'resample' })).rejects.toThrow(
    /one image/,
  );
  const { data: read } = await readInput(stack, [8, 8, 8, 1], {}, { readAs: 'volume' });
  expect([...read]).toEqual([...data]);
});

test('a network of images takes one image of a stack after the other', async () => {
  const grid = { shape: [3, 2, 4], voxelSize: [5, 5, 5], origin: [0, 0, 0] } as const;
  const stack = file('three.mrcs', writeMrc({ data: ramp, ...grid }));
  const { data, grid: at, count } = await readInput(stack, [2, 4, 1], {}, { volume: 2 });
  expect([...data]).toEqual([...ramp.subarray(16)]);
  expect(at).toMatchObject({ shape: [1, 2, 4], origin: [0, 0, 10] });
  expect(count).toBe(3);
  expect(await countInputs(stack, [2, 4, 1], {})).toBe(3);
});

test('a set of volumes in one array: each by its number', async () => {
  const path = file('set.npy', writeNpy(ramp, [3, 2, 2, 2]));
  const { data, index, count } = await readInput(path, [2, 2, 2, 1], {}, { volume: 1 });
  expect([...data]).toEqual([...ramp.subarray(8, 16)]);
  expect([index, count]).toEqual([1, 3]);
  await expect(readInput(path, [2, 2, 2, 1], {}, { volume: 3 })).rejects.toThrow(
    /there is no volume 4, the file holds 3; accepted: --volume 1 to 3/,
  );
  const channels = file('pairs.npy', writeNpy(ramp, [3, 2, 2, 1, 2]));
  const pair = await readInput(channels, [2, 2, 1, 2], {}, { volume: 2 });
  expect([...pair.data]).toEqual([...ramp.subarray(16)]);
});

test('pictures that claim more than they hold are refused at once', async () => {
  const png = PNG.sync.write(new PNG({ width: 4, height: 2 }));
  png.writeUInt32BE(8000, 16);
  png.writeUInt32BE(8000, 20);
  const started = performance.now();
  await expect(readInput(file('p.png', png), [2, 4, 3])).rejects.toThrow(/cannot be decoded/);
  expect(performance.now() - started).toBeLessThan(1000);
});

test('a picture is not decoded for a network that cannot take it', async () => {
  const png = new Uint8Array(
    PNG.sync.write(new PNG({ width: 500, height: 500 }), { colorType: 0 }),
  );
  png.fill(0xff, 100); // its size is whole, its data is not
  const path = file('q.png', png);
  await expect(readInput(path, [8, 8, 3])).rejects.toThrow(
    /The volume has 500 × 500 × 1 voxels .* the network takes 8 × 8 × 1/,
  );
  await expect(readInput(path, [8, 8, 3], {}, { fit: 'crop' })).rejects.toThrow(
    /cannot be decoded/,
  );
});

test('one channel is given to all three of a network of images, which is said', async () => {
  const path = file('r.npy', writeNpy(Float32Array.of(0, 1, 2, 3, 4, 5), [2, 3]));
  const { data, steps, layout } = await readInput(path, [2, 3, 3], { normalization: 'unit' });
  expect(layout).toBe('y,x');
  expect([...data.slice(3, 6)]).toEqual(Array(3).fill(Math.fround(1 / 255)));
  expect(steps).toContain('The one channel was given to the network 3 times.');
  const stack = file('s.npy', writeNpy(new Float32Array(40).fill(2), [4, 2, 5]));
  await expect(readInput(stack, [2, 5, 3])).rejects.toThrow('the file has 5 channels');
  const images = { readAs: 'images' } as const;
  await expect(readInput(stack, [2, 5, 3], {}, images)).resolves.toMatchObject({ count: 4 });
});

test('a picture goes into a network of volumes of one section', async () => {
  const png = new PNG({ width: 3, height: 2 });
  png.data = Buffer.alloc(24, 100);
  const path = file('one.png', PNG.sync.write(png));
  const { data, shape } = await readInput(path, [1, 2, 3, 1]);
  expect(shape).toEqual([1, 2, 3, 1]);
  expect(data[0]).toBeCloseTo(100, 4);
});

test('TIFF is a picture, or sections of a volume', async () => {
  const tiff = (name: string) =>
    fileURLToPath(new URL(`../fixtures/tiff/${name}.tif`, import.meta.url));
  const { data, shape } = await readInput(tiff('rgb'), [6, 5, 3]);
  expect([data.length, shape]).toEqual([90, [6, 5, 3]]);
  const volume = await readInput(tiff('stack_imagej'), [4, 5, 6, 1]);
  expect(volume.grid.voxelSize[2]).toBeCloseTo(27, 3);
  const image = await readInput(tiff('u16_le'), [7, 9, 3]);
  expect([...image.data.slice(3, 6)]).toEqual([900, 900, 900]);
  await expect(readInput(tiff('stack_f32'), [8, 8, 8, 1])).rejects.toThrow(
    /stack_f32\.tif: The volume has 6 × 5 × 4/,
  );
});

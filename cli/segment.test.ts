import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeMrc } from '../src/core/mrc/index.ts';
import { openVolume } from '../src/core/volume/index.ts';
import { noise } from '../src/testing/random.ts';
import { runCommandLine } from './commands.ts';
import type { explainDocument } from './explain-report.ts';
import type { SegmentDocument } from './segment-report.ts';
import { recordingIo } from './test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'respond-cam-segment-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixtures = fileURLToPath(new URL('../fixtures/checkpoints', import.meta.url));
const unet = join(fixtures, 'octopi_unet/best_model.pth');
const tomogram = join(folder, 'tomogram.mrc');
const shape = [20, 36, 28] as const;
const out = join(folder, 'out');
const common = [tomogram, '--model', unet, '--backend', 'wasm'];

beforeAll(() => {
  const data = noise(20 * 36 * 28, 2);
  const volume = { shape, data, voxelSize: [10, 10, 10], origin: [5, 6, 7] } as const;
  writeFileSync(tomogram, writeMrc(volume));
});

async function run(...args: string[]) {
  const { io, out: printed, notes } = recordingIo();
  await runCommandLine(args, io);
  return { printed, notes };
}

const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).printed[0]);
const open = (path: string) => openVolume(new Uint8Array(readFileSync(path)), path).volume;

it('writes labels and probabilities on the grid of the volume, and lists components', async () => {
  const flags = ['--tile', '16,16,16', '--out', out, '--probabilities'];
  const document: SegmentDocument & { files: { labels: string; probabilities: string[] } } =
    await json('segment', ...common, ...flags);
  expect(document.tiling).toMatchObject({
    tile: [16, 16, 16],
    overlap: [8, 8, 8],
    blending: 'average',
    tiles: 2 * 4 * 3,
  });
  const labels = open(document.files.labels);
  expect(labels).toMatchObject({ shape, voxelSize: [10, 10, 10], origin: [5, 6, 7] });
  expect(labels.data).toBeInstanceOf(Int8Array);
  const maps = document.files.probabilities.map(open);
  expect(maps).toHaveLength(3);
  for (let i = 0; i < labels.data.length; i += 97) {
    const values = maps.map(({ data }) => data[i]);
    expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    // Channel 0 is the background, so labels and channels have the same numbers.
    expect(labels.data[i]).toBe(values.indexOf(Math.max(...values)));
  }
  for (const { label, name, voxels } of document.classes) {
    expect(labels.data.filter((value) => value === label)).toHaveLength(voxels);
    const own = document.components.filter((part) => part.class === name);
    expect(own.reduce((sum, part) => sum + part.voxels, 0)).toBe(voxels);
  }
  const [first] = document.components;
  const [z, y, x] = first.inside;
  expect(labels.data[(z * 36 + y) * 28 + x]).toBe(first.label);
  expect(first.volumeNm3).toBeCloseTo(first.voxels, 6);
  expect(first.position![0]).toBeCloseTo(5 + 10 * first.centroid[2], 6);
  const text = (await run('segment', ...common, '--tile', '16,16,16', '--smallest', '50')).printed;
  expect(text[0]).toMatch(/^octopi MONAI UNet over 28 × 36 × 20 voxels of 10 Å: 24 tiles of 16³/);
  expect(text.join('\n')).toContain('ribosome');
});

it('explains the tile around a voxel, and a component over its voxels', async () => {
  type Explained = ReturnType<typeof explainDocument>;
  const tile = ['--tile', '16,16,16', '--layer', 'model.2.0'];
  const at: Explained = await json('explain', ...common, ...tile, '--at', '3,30,14');
  expect(at.target).toMatchObject({ kind: 'segmentation', voxels: [1, 1, 1] });
  expect(at.input.shape).toEqual([16, 16, 16, 1]);
  const { components }: SegmentDocument = JSON.parse(
    readFileSync(join(out, 'segmentation.json'), 'utf8'),
  );
  const small = components.find(({ voxels }) => voxels < 40)!;
  const part: Explained = await json(
    ...['explain', ...common, ...tile],
    ...['--component', String(small.id), '--segmentation', out],
  );
  expect(part.target).toMatchObject({ index: small.index, voxels: small.voxels });
  expect(part.ledger['model.2.0'].map(({ index }) => index)).toEqual([small.index]);
});

it('takes the box around a voxel for a network that answers one vector', async () => {
  const { notes, printed } = await run(
    ...['explain', tomogram, '--model', 'cnn-2-inf', '--at', '10,18,14', '--class', 'top'],
    ...['--backend', 'wasm'],
  );
  expect(notes.join('\n')).toContain('tile of 40 x 40 x 40 voxels from voxel -10, -2, -6 on');
  expect(printed[0]).toMatch(/answers/);
});

it.each([
  [['segment', tomogram, '--model', 'cnn-2-inf'], /has shape \[23\]; accepted: .*output in space/],
  [['segment', ...common, '--overlap', 'half'], /--overlap half; accepted: a number from 0 up/],
  [['segment', ...common, '--blending', 'hard'], /accepted: gaussian, average, crop/],
  [['segment', ...common, '--tile', '16'], /--tile 16; accepted: voxels of a tile, z,y,x/],
  [['segment', ...common, '--probabilities'], /--probabilities goes with --out/],
  [['explain', ...common, '--at', '3,99,4'], /lies outside the volume of 28 × 36 × 20/],
  [['explain', ...common, '--component', '1'], /--segmentation is missing/],
  [['explain', ...common, '--component', '1', '--segmentation', folder], /there is no such file/],
  [
    ['explain', ...common, '--component', 'x', '--segmentation', out],
    /accepted: one of the \d+ in/,
  ],
  [['explain', ...common, '--at', '1,2,3', '--component', '1'], /exclude each other/],
])('refuses %j', async (args, words) => {
  await expect(run(...args)).rejects.toThrow(words);
});

it('reads an OME-Zarr in the resolution of the network', async () => {
  const zarr = join(folder, 'tomogram.zarr');
  const { data } = open(tomogram);
  const levels = [
    { path: '0', scale: 5 },
    { path: '1', scale: 10 },
  ];
  const datasets = levels.map(({ path, scale }) => ({
    path,
    coordinateTransformations: [{ type: 'scale', scale: [scale, scale, scale] }],
  }));
  const axes = ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'angstrom' }));
  const array = { shape, chunks: shape, dtype: '<f4', order: 'C', fill_value: 0 };
  for (const { path } of levels) {
    mkdirSync(join(zarr, path), { recursive: true });
    const about = { ...array, zarr_format: 2, compressor: null, filters: null };
    writeFileSync(join(zarr, path, '.zarray'), JSON.stringify(about));
    const values = path === '1' ? Float32Array.from(data) : new Float32Array(data.length);
    writeFileSync(join(zarr, path, '0.0.0'), new Uint8Array(values.buffer));
  }
  writeFileSync(join(zarr, '.zgroup'), '{"zarr_format": 2}');
  const multiscales = [{ version: '0.4', axes, datasets }];
  writeFileSync(join(zarr, '.zattrs'), JSON.stringify({ multiscales }));
  const flags = ['--model', unet, '--backend', 'wasm', '--tile', '16,16,16'];
  const [ofZarr, ofFile] = [
    await json('segment', zarr, ...flags),
    await json('segment', tomogram, ...flags),
  ];
  expect(ofZarr.classes).toEqual(ofFile.classes);
});

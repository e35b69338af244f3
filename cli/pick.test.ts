import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeMrc } from '../src/core/mrc/index.ts';
import { openVolume } from '../src/core/volume/index.ts';
import type { ModelInfo } from '../src/engine/types.ts';
import { runCommandLine } from './commands.ts';
import { classesNamed, rolesOf } from './pick-classes.ts';
import { withPickTomogram } from './pick-tomogram.ts';
import { classNamed } from './pick-truth.ts';
import { recordingIo } from './test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'pick-'));
const tomogram = join(folder, 'tomogram.mrc');
const list = join(folder, 'particles.star');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const { io, out } = recordingIo();
  await runCommandLine(argv, io);
  return out;
}

interface Document {
  readonly how: { readonly shared: boolean; readonly windows: readonly number[] };
  readonly picks: readonly {
    readonly position: readonly number[];
    readonly index: number;
    readonly class: string;
    readonly truth: number | null;
  }[];
  readonly truth: {
    readonly recall: number;
    readonly classRecall: number;
    readonly distance: number;
  };
  readonly classes: readonly { readonly name: string; readonly background: boolean }[];
  readonly files: { readonly list: readonly string[]; readonly scores: readonly string[] };
}

beforeAll(async () => {
  const scene = ['--tomogram', '96x64x56', '--class', '4V5A_70S', '--n', '2', '--seed', '6'];
  await run('simulate', ...scene, '--out', folder);
}, 60_000);

async function pick(file: string, ...more: string[]): Promise<Document> {
  const model = ['--model', 'cnn-2-inf', '--backend', 'wasm', '--json'];
  const [text] = await run('pick', file, ...model, ...more);
  return JSON.parse(text);
}

describe('pick', () => {
  it('finds the particles of a synthetic tomogram, and explain says why each is one', async () => {
    const out = join(folder, 'picks');
    const found = await pick(tomogram, '--truth', list, '--out', out);
    expect(found.how).toMatchObject({ shared: true, windows: [7, 8, 12] });
    expect(found.truth.recall).toBe(1);
    expect(found.truth.classRecall).toBe(1);
    expect(found.truth.distance).toBeLessThan(15);
    const { volume } = openVolume(readFileSync(found.files.scores[9]), 'score');
    expect(volume).toMatchObject({ shape: [7, 8, 12], voxelSize: [80, 80, 80] });
    expect(volume.origin).toEqual([35, 35, 35]);
    const row = found.picks.findIndex(({ truth }) => truth !== null) + 1;
    const [text] = await run(
      ...['explain', found.files.list[0], '--tomogram', tomogram, '--model', 'cnn-2-inf'],
      ...['--volume', String(row), '--backend', 'wasm', '--json'],
    );
    expect(JSON.parse(text)).toMatchObject({
      predicted: 9,
      input: { particle: { row, class: '70S ribosome (4V5A_70S)' } },
    });
  }, 120_000);

  it('scores windows one by one where that is asked for, and near what shared ones give', async () => {
    const few = ['--stride', '16', '--no-refine', '--threshold', '1000'];
    const scoresIn = async (name: string, ...more: string[]) => {
      const { files } = await pick(tomogram, ...few, ...more, '--out', join(folder, name));
      return files.scores.map((path) => openVolume(readFileSync(path), path).volume.data);
    };
    const shared = await scoresIn('shared');
    const alone = await scoresIn('alone', '--one-by-one');
    const all = (of: Awaited<ReturnType<typeof scoresIn>>) => of.flatMap((data) => [...data]);
    const [a, b] = [all(shared), all(alone)];
    const mean = (of: number[]) => of.reduce((x, y) => x + y, 0) / of.length;
    const [ma, mb] = [mean(a), mean(b)];
    const dot = (x: number[], mx: number, y: number[], my: number) =>
      x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
    const r = dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb));
    expect(r).toBeGreaterThan(0.8);
  }, 120_000);

  it.each([
    [['--stride', '0'], /--stride 0; accepted: a whole number from 1 up/],
    [['--classes', 'dodo'], /--classes dodo is no class of the network; accepted: numbers from 0/],
    [['--format', 'xml'], /--format xml; accepted: relion, csv, copick/],
    [['--truth', 'nowhere.star'], /nowhere.star: there is no such file/],
  ])('refuses %j in a sentence', async (flags, message) => {
    await expect(pick(tomogram, ...flags)).rejects.toThrow(message);
  });

  it('resamples a tomogram of other voxels and gives places in the file', async () => {
    const { volume } = openVolume(readFileSync(tomogram), tomogram);
    const half = join(folder, 'double.mrc');
    const [nz, ny, nx] = volume.shape;
    const data = new Float32Array(8 * nz * ny * nx);
    for (let z = 0, at = 0; z < 2 * nz; z++)
      for (let y = 0; y < 2 * ny; y++)
        for (let x = 0; x < 2 * nx; x++)
          data[at++] = volume.data[((z >> 1) * ny + (y >> 1)) * nx + (x >> 1)];
    writeFileSync(
      half,
      writeMrc({ data, shape: [2 * nz, 2 * ny, 2 * nx], voxelSize: [5, 5, 5], origin: [0, 0, 0] }),
    );
    const { picks } = await pick(half, '--truth', list, '--no-refine');
    expect(picks.some(({ truth }) => truth !== null)).toBe(true);
  }, 120_000);
});

it('takes the components of a segmentation network, at the voxel size that is given', async () => {
  const fixture = fileURLToPath(new URL('../fixtures/checkpoints/deepict/', import.meta.url));
  const network = ['--model', join(fixture, 'full_ribo_model_IF4_D2_BN.pth'), '--voxel-size', '10'];
  const [text] = await run(
    ...['pick', join(fixture, 'input.npy'), ...network, '--backend', 'wasm', '--json'],
    ...['--threshold', '0', '--smallest', '1', '--out', join(folder, 'components')],
  );
  const { how, picks, files } = JSON.parse(text);
  expect(how.kind).toBe('components');
  expect(picks).toHaveLength(1);
  // The volume has 20 x 16 x 12 voxels of 10 Å, the network sees others.
  const [x, y, z] = picks[0].position;
  expect(x > 0 && x < 200 && y > 0 && y < 160 && z > 0 && z < 120).toBe(true);
  expect(readFileSync(files.list[1], 'utf8')).toMatch(/20 +16 +12 +10 +1/);
});

describe('classes by name', () => {
  const names = ['GroEL (1MNF)', 'ATP synthase (6RD4)', 'background', 'gold'];
  it('are found by number, name, id or a part of one alone', () => {
    expect(classesNamed('classes', '0,6rd4,groel,background', names)).toEqual([0, 1, 2]);
    expect(() => classesNamed('classes', 'g', names)).toThrow(/g fits several classes/);
    expect(classNamed('4V5A', names)).toBe('4V5A');
    expect(classNamed('something (1MNF)', names)).toBe('GroEL (1MNF)');
  });

  it('that stand for no particle are left out', () => {
    expect(rolesOf(names, {})).toEqual({ wanted: [0, 1], background: [2, 3] });
    expect(rolesOf(names, { background: 'gold' })).toEqual({ wanted: [0, 1, 2], background: [3] });
    expect(rolesOf(names, { background: 'none', classes: '1' })).toEqual({
      wanted: [1],
      background: [],
    });
  });
});

describe('a tomogram is read by range', () => {
  const wave = (z: number, y: number, x: number) => Math.sin(z / 9 + y / 7) + Math.cos(x / 8);
  const shape = [70, 150, 40] as const;
  const data = new Float32Array(70 * 150 * 40);
  for (let z = 0, at = 0; z < 70; z++)
    for (let y = 0; y < 150; y++) for (let x = 0; x < 40; x++, at++) data[at] = wave(z, y, x);
  const fine = join(folder, 'fine.mrc');
  const readAt = (voxelSize: number | undefined) =>
    withPickTomogram(fine, {}, (file) =>
      file.read({ title: 'A', sidecar: { voxelSize } } as unknown as ModelInfo, {
        normalization: 'model',
        invert: false,
      }),
    );
  beforeAll(() => {
    const grid = { shape, voxelSize: [5, 5, 5], origin: [100, 0, 0] } as const;
    writeFileSync(fine, writeMrc({ ...grid, data }));
  });

  it('block by block at the voxel size of the network', async () => {
    const { raw } = await readAt(10);
    expect(raw).toMatchObject({
      shape: [35, 75, 20],
      voxelSize: [10, 10, 10],
      origin: [102.5, 2.5, 2.5],
    });
    // Each voxel is in the middle of two by two by two, also where blocks meet.
    const error = (z: number, y: number, x: number) =>
      Math.abs(raw.data[(z * 75 + y) * 20 + x] - wave(2 * z + 0.5, 2 * y + 0.5, 2 * x + 0.5));
    for (let z = 4; z < 31; z++)
      for (let y = 4; y < 71; y++)
        for (let x = 4; x < 16; x++) expect(error(z, y, x)).toBeLessThan(0.02);
  });

  it('as it is where the voxel size is the same', async () => {
    expect(Buffer.from((await readAt(5)).raw.data.buffer).equals(Buffer.from(data.buffer))).toBe(
      true,
    );
    expect((await readAt(undefined)).raw.shape).toEqual(shape);
  });

  it('from an OME-Zarr as from a file', async () => {
    const zarr = join(folder, 'TS.zarr');
    const { volume } = openVolume(readFileSync(tomogram), tomogram);
    const [nz, ny, nx] = volume.shape;
    const write = (path: string, content: string | Uint8Array) => {
      mkdirSync(dirname(join(zarr, path)), { recursive: true });
      writeFileSync(join(zarr, path), content);
    };
    const axes = ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'angstrom' }));
    const level = (path: string, scale: number) => ({
      path,
      coordinateTransformations: [{ type: 'scale', scale: [scale, scale, scale] }],
    });
    const array = (size: readonly number[]) =>
      JSON.stringify({
        ...{ zarr_format: 2, shape: size, chunks: [nz, ny, nx], dtype: '<f4', order: 'C' },
        ...{ compressor: null, filters: null, fill_value: 0, dimension_separator: '/' },
      });
    write('.zgroup', '{"zarr_format": 2}');
    write(
      '.zattrs',
      JSON.stringify({
        multiscales: [{ version: '0.4', axes, datasets: [level('0', 5), level('1', 10)] }],
      }),
    );
    // The finer level has no chunks: nothing of it is read.
    write('0/.zarray', array([2 * nz, 2 * ny, 2 * nx]));
    write('1/.zarray', array([nz, ny, nx]));
    write('1/0/0/0', new Uint8Array(new Float32Array(volume.data).buffer));
    const few = ['--stride', '16', '--no-refine', '--model', 'cnn-2-real'];
    const [ofZarr, ofFile] = [await pick(zarr, ...few), await pick(tomogram, ...few)];
    expect(ofZarr.picks).toEqual(ofFile.picks);
    // Its class for others is background.
    const background = ofFile.classes.filter((one) => one.background).map(({ name }) => name);
    expect(background).toEqual(['other (no complex of this list)']);
    expect(ofFile.picks.every(({ class: name }) => !background.includes(name))).toBe(true);
  }, 120_000);
});

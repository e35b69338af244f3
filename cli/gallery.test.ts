import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { correlation } from '../src/core/cam/index.ts';
import { openVolume, toFloat32 } from '../src/core/volume/index.ts';
import { runCommandLine } from './commands.ts';
import { loadTemplates } from './templates.ts';
import { recordingIo } from './test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'gallery-'));
const tomogram = join(folder, 'tomogram.mrc');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const { io, out } = recordingIo();
  await runCommandLine(argv, io);
  return out;
}

beforeAll(async () => {
  const scene = ['--tomogram', '110x110x80', '--class', '4V5A_70S', '--n', '5', '--seed', '2'];
  await run('simulate', ...scene, '--no-ctf', '--out', folder);
}, 60_000);

interface Gallery {
  readonly classes: readonly {
    readonly name: string;
    readonly particles: number;
    readonly turned: number;
    readonly spread: number;
  }[];
  readonly files: readonly {
    readonly input: string;
    readonly map: string;
    readonly spread: string;
  }[];
}

async function gallery(list: string, name: string, ...more: string[]): Promise<Gallery> {
  const model = ['--model', 'cnn-2-inf', '--backend', 'wasm', '--json'];
  const where = ['--tomogram', tomogram, '--out', join(folder, name)];
  const [text] = await run('gallery', join(folder, list), ...where, ...model, ...more);
  return JSON.parse(text);
}

const read = (path: string) => toFloat32(openVolume(readFileSync(path), path).volume.data);

it('brings particles of all orientations together as the reference lies', async () => {
  const { classes, files } = await gallery('particles.star', 'turned');
  expect(classes).toMatchObject([{ name: '70S ribosome (4V5A_70S)', particles: 5, turned: 5 }]);
  const [{ input, map, spread }] = files;
  const template = (await loadTemplates()).find(({ id }) => id === '4V5A_70S')!;
  // The molecule is dark.
  expect(correlation(read(input), template.volume.data)).toBeLessThan(-0.75);
  expect(read(map)).toHaveLength(40 ** 3);
  expect(read(spread).every((value) => value >= 0)).toBe(true);
}, 60_000);

it('groups by what the network says, and takes no more than asked for', async () => {
  const { classes } = await gallery(
    'particles.csv',
    'predicted',
    '--by',
    'predicted',
    '--limit',
    '2',
  );
  expect(classes.reduce((sum, { particles }) => sum + particles, 0)).toBe(2);
}, 60_000);

it.each([
  [['--by', 'size'], /--by size; accepted: listed, predicted/],
  [['--limit', '0'], /--limit 0; accepted: a whole number from 1 up/],
  [['--method', 'lrp'], /--method lrp; accepted: respond, grad, hirescam/],
])('refuses %j in a sentence', async (flags, message) => {
  await expect(gallery('particles.star', 'refused', ...flags)).rejects.toThrow(message);
});

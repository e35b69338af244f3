import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openVolume } from '../src/core/volume/index.ts';
import { runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'tomogram-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const { io, out } = recordingIo();
  await runCommandLine(argv, io);
  return out;
}

const scene = ['--tomogram', '70x64x48', '--class', '6Z6U,1MNF', '--n', '1', '--snr', '0.5'];

it('writes a tomogram and lists that fit it, the same for the same seed', async () => {
  const make = (name: string, seed: string) =>
    run('simulate', ...scene, '--fiducials', '1', '--seed', seed, '--out', join(folder, name));
  await make('a', '3');
  await make('b', '3');
  await make('c', '4');
  const files = readdirSync(join(folder, 'a')).sort();
  expect(files).toEqual([
    'particles.csv',
    'particles.star',
    'tomogram.json',
    'tomogram.mrc',
    'tomograms.star',
  ]);
  const read = (name: string, file: string) => readFileSync(join(folder, name, file));
  for (const file of files) expect(read('a', file).equals(read('b', file))).toBe(true);
  expect(read('a', 'particles.csv').equals(read('c', 'particles.csv'))).toBe(false);
  const { volume } = openVolume(read('a', 'tomogram.mrc'), 'tomogram.mrc');
  expect([volume.shape, volume.voxelSize]).toEqual([
    [48, 64, 70],
    [10, 10, 10],
  ]);
  const tomogram = join(folder, 'a', 'tomogram.mrc');
  for (const list of ['particles.star', 'particles.csv']) {
    const said = await run('particles', join(folder, 'a', list), '--tomogram', tomogram);
    const text = said.join('\n');
    expect(text).toMatch(/2 of 2 inside tomogram.mrc/);
    expect(text).toMatch(/apoferritin 24-mer \(6Z6U\) \(1\)/);
    expect(text).toMatch(/angles +yes/);
  }
});

it.each([
  [['--tomogram', '300x300'], /--tomogram 300x300; accepted: voxels along x, y and z/],
  [['--membranes', '2'], /--membranes needs --tomogram/],
  [['--tomogram', '70x64x48', '--n', '500', '--class', '6Z6U'], /room for \d+ of the 500/],
  [['--tomogram', '70x64x48', '--model', 'projection'], /model projection makes no tomograms/],
])('refuses %j in a sentence', async (flags, message) => {
  const out = join(folder, 'refused');
  await expect(run('simulate', ...flags, '--out', out)).rejects.toThrow(message);
});

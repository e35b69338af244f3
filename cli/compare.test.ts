import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeMrc } from '../src/core/mrc/index.ts';
import { readNpy, writeNpy } from '../src/core/npy/index.ts';
import { exitCode, runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'respond-cam-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

const data = Float32Array.from({ length: 64 }, (_, v) => Math.sin(v) + 0.1);
const grid = { shape: [4, 4, 4], voxelSize: [40, 40, 40], origin: [0, 0, 0] } as const;

beforeAll(() => {
  writeFileSync(path('a.npy'), writeNpy(data, [4, 4, 4]));
  writeFileSync(path('twice.mrc'), writeMrc({ ...grid, data: data.map((value) => 2 * value) }));
  writeFileSync(path('other.mrc'), writeMrc({ ...grid, voxelSize: [10, 10, 10], data }));
  writeFileSync(path('coarse.npy'), writeNpy(new Float32Array(8).fill(1), [2, 2, 2]));
  writeFileSync(
    path('nan.npy'),
    writeNpy(
      data.map((v, i) => (i === 5 ? Number.NaN : v)),
      [4, 4, 4],
    ),
  );
});

async function compare(...args: string[]) {
  const { io, out } = recordingIo();
  await runCommandLine(['compare', ...args], io);
  return out.join('\n');
}

it('says that a map and its double agree, in nm where one knows its voxels', async () => {
  const found = JSON.parse(await compare(path('a.npy'), path('twice.mrc'), '--json'));
  expect(found).toMatchObject({ spearman: 1, shift: 0, lengthUnit: 'nm', shape: [4, 4, 4] });
  expect(found.cosine).toBeCloseTo(1, 9);
  expect(
    found.overlap.map(({ share, iou }: { share: number; iou: number }) => [share, iou]),
  ).toEqual([0.01, 0.05, 0.1].map((share) => [share, 1]));
});

it('writes the difference, whose sum is that of the sums', async () => {
  const text = await compare(path('a.npy'), path('coarse.npy'), '--out', path('d.npy'));
  expect(text).toContain('voxels');
  const difference = readNpy(readFileSync(path('d.npy')), 'd.npy').data as Float32Array;
  const sum = (values: Float32Array) => values.reduce((a, b) => a + b, 0);
  expect(sum(difference)).toBeCloseTo(sum(data) - 8, 4);
});

it.each([
  [['a.npy', 'nan.npy'], /nan\.npy.*NaN at index 5.*finite/],
  [['twice.mrc', 'other.mrc'], /other\.mrc: its box of 40 Å.*160 Å/],
  [['a.npy', 'none.npy'], /none\.npy/],
])('refuses %j in one sentence', async (names, message) => {
  const failed = compare(...names.map(path)).catch((error: unknown) => error);
  expect(exitCode(await failed)).toBe(2);
  expect(String(await failed)).toMatch(message);
});

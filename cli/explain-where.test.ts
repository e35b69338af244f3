import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { npyShape, writeNpy } from '../src/core/npy/index.ts';
import { exitCode, runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const fixture = fileURLToPath(new URL('../fixtures/cam/tiny_cnn2/', import.meta.url));
const input = join(fixture, 'input.npy');
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-where-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [nz, ny, nx] = npyShape(readFileSync(input), input);

function maskFile(name: string, shape: readonly number[], of: (voxel: number) => number): string {
  const path = join(folder, name);
  const voxels = shape.reduce((a, b) => a * b, 1);
  writeFileSync(
    path,
    writeNpy(
      Float32Array.from({ length: voxels }, (_, v) => of(v)),
      shape,
    ),
  );
  return path;
}

async function explain(...args: string[]) {
  const { io, out } = recordingIo();
  const model = join(fixture, 'tfjs', 'model.json');
  await runCommandLine(['explain', input, '--model', model, '--backend', 'wasm', ...args], io);
  return out.join('\n');
}

it('says where each map is, and how all pairs of methods agree', async () => {
  const mask = maskFile('half.npy', [nz, ny, nx], (v) => Number(v < (nz * ny * nx) / 2));
  const all = JSON.parse(
    await explain('--method', 'respond,grad,gradient', '--class', '0', '--mask', mask, '--json'),
  );
  expect(all.particle).toMatchObject({ by: 'mask', share: 0.5 });
  expect(all.lengthUnit).toBe('voxels');
  const maps = all.layers.flatMap((layer: { name: string; classes: { methods: object }[] }) =>
    Object.entries(layer.classes[0].methods).map(([method, map]) => ({ method, ...map })),
  );
  expect(maps.map(({ method }: { method: string }) => method)).toEqual([
    'respond',
    'grad',
    'gradient',
  ]);
  for (const { sum, where } of maps) {
    expect(where.positive.mass + where.negative.mass).toBeCloseTo(sum, 4);
    expect(where.mostInside).toBe(1);
  }
  expect(
    all.agreement.map(({ a, b }: Record<'a' | 'b', { method: string }>) => [a.method, b.method]),
  ).toEqual([
    ['respond', 'grad'],
    ['respond', 'gradient'],
    ['grad', 'gradient'],
  ]);
}, 60_000);

it('says the same in words', async () => {
  const mask = maskFile('all.npy', [nz, ny, nx], () => 1);
  const text = await explain('--method', 'respond,hirescam', '--class', 'top', '--mask', mask);
  expect(text).toMatch(/The particle takes 100% of the box/);
  expect(text).toMatch(/respond at .*: .* in favour; 100% of it inside; peak .*from the particle/);
  expect(text).toMatch(/respond and hirescam: cosine .*; Spearman .*; IoU .*; shift/);
}, 60_000);

it.each([
  ['empty.npy', [nz, ny, nx], /the mask is empty/],
  ['small.npy', [2, 2, 2], /the mask has 2³ voxels; accepted/],
] as const)(
  'refuses the mask %s',
  async (name, shape, message) => {
    const mask = maskFile(name, shape, () => Number(name !== 'empty.npy'));
    const failed = await explain('--mask', mask).catch((error: unknown) => error);
    expect(exitCode(failed)).toBe(2);
    expect(String(failed)).toMatch(message);
  },
  60_000,
);

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { writeNpy } from '../src/core/npy/index.ts';
import { runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const tomotwin = fileURLToPath(new URL('../fixtures/checkpoints/tomotwin/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-references-'));
afterAll(() => rmSync(folder, { recursive: true }));

const box = join(folder, 'box.npy');
writeFileSync(
  box,
  writeNpy(
    Float32Array.from({ length: 37 ** 3 }, (_, i) => Math.sin(i / 7)),
    [37, 37, 37],
  ),
);

const flags = ['--model', join(tomotwin, 'tomotwin_latest.pth'), '--backend', 'wasm'];
async function explain(...more: string[]) {
  const { io, out } = recordingIo();
  const all = [join(tomotwin, 'input.npy'), ...flags, ...more];
  await runCommandLine(['explain', ...all, '--json'], io);
  return JSON.parse(out[0]);
}

it('takes volumes as references, which are read as the one that is explained', async () => {
  const plain = await explain('--target', 'value', '--class', '0', '--method', 'grad');
  const vector = join(folder, 'vector.npy');
  writeFileSync(vector, writeNpy(Float32Array.from(plain.scores), [1, plain.scores.length]));
  const itself = join(tomotwin, 'input.npy');
  const found = await explain('--reference', [vector, box, itself].join(','));
  expect(found.target).toMatchObject({
    ...{ kind: 'similarity', references: ['vector.npy', 'box.npy', 'input.npy'] },
  });
  expect(found.scores).toHaveLength(3);
  expect(found.scores[0]).toBeCloseTo(1, 5);
  expect(found.scores[2]).toBeCloseTo(1, 5);
  expect(found.scores[1]).toBeLessThan(0.99);
  // Each reference is asked about as a class is: its cosine is accounted for.
  for (const { score, cam, bias, bypass, residual } of Object.values<Record<string, number>[]>(
    found.ledger,
  )[0])
    expect(cam + bias + bypass + residual).toBeCloseTo(score, 4);
  const { io, out } = recordingIo();
  await runCommandLine(['explain', itself, ...flags, '--reference', `${box},${vector}`], io);
  expect(out[0]).toMatch(/is nearest to vector\.npy \(cosine 1\.0000\)/);
}, 60_000);

it('refuses references of several lengths, and none', async () => {
  const short = join(folder, 'short.npy');
  writeFileSync(short, writeNpy(Float32Array.of(1, 2), [2]));
  await expect(explain('--reference', `${box},${short}`)).rejects.toThrow(
    /short\.npy: it gives 2 numbers, .*accepted: references of one length/,
  );
  await expect(explain('--reference', short)).rejects.toThrow(/accepted: a vector of/);
  await expect(explain('--target', 'similarity')).rejects.toThrow(/--reference is missing/);
});

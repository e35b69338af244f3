import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { CAM_METHODS, METHODS } from '../src/core/cam/index.ts';
import { readNpy } from '../src/core/npy/index.ts';
import { exitCode, runCommandLine } from './commands.ts';
import { command } from './explain.ts';
import { parseMethods } from './explain-methods.ts';
import { noteProgress } from './explain-progress.ts';
import type { explainDocument } from './explain-report.ts';
import { recordingIo } from './test-io.ts';

const fixture = fileURLToPath(new URL('../fixtures/cam/tiny_cnn2/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-methods-'));
afterAll(() => rmSync(folder, { recursive: true }));

const explain = (...args: string[]) => {
  const { io, out } = recordingIo();
  const paths = [join(fixture, 'input.npy'), '--model', join(fixture, 'tfjs/model.json')];
  const run = runCommandLine(['explain', ...paths, '--class', '3', '--json', ...args], io);
  return { run, out };
};

it('puts each map at its layer or at the input, on its own grid, and writes it there', async () => {
  const { run, out } = explain('--method', 'grad,input,gradpp', '--out', folder);
  await run;
  const { layers } = JSON.parse(out[0]) as ReturnType<typeof explainDocument>;
  expect(layers.map(({ name, classes }) => [name, ...Object.keys(classes[0].methods)])).toEqual([
    ['maxpool2', 'grad', 'guided-grad', 'gradpp'],
    ['input', ...CAM_METHODS.filter((method) => METHODS[method].at === 'input')],
  ]);
  for (const { classes } of layers) {
    for (const [method, entry] of Object.entries(classes[0].methods)) {
      const { shape, sum, npy } = entry as unknown as {
        shape: readonly number[];
        sum: number;
        npy: string;
      };
      const edge = method === 'grad' || method === 'gradpp' ? 2 : 16;
      expect(shape, method).toEqual([edge, edge, edge]);
      const { data, shape: written } = readNpy(new Uint8Array(readFileSync(npy)), npy);
      expect(written, method).toEqual(shape);
      const total = (data as Float32Array).reduce((a, b) => a + b, 0);
      expect(Math.abs(total - sum), method).toBeLessThan(1e-3 * Math.max(1, Math.abs(sum)));
    }
  }
  expect(readdirSync(folder)).toContain('input.3.guided.mrc');
  expect(readdirSync(folder)).toContain('maxpool2.3.guided-grad.npy');
}, 60_000);

it('refuses CAM by name where it is not defined, and leaves it out of `all`', async () => {
  const { run } = explain('--method', 'cam');
  await expect(run).rejects.toThrow(/^CAM is not defined at layer maxpool2: .*; accepted: /);
  await run.catch((error: unknown) => expect(exitCode(error)).toBe(2));
  expect(parseMethods('all')).toEqual([
    'respond',
    'grad',
    'hirescam',
    'xgrad',
    'gradpp',
    'layercam',
  ]);
});

it('names every method in its help and in what it refuses', () => {
  for (const method of CAM_METHODS) expect(command.about).toContain(` ${method} `);
  expect(() => parseMethods('magic')).toThrow(
    `--method magic; accepted: ${CAM_METHODS.join(', ')}, all, input`,
  );
});

it('says every few seconds how far many passes are', () => {
  const { io, notes } = recordingIo();
  let now = 0;
  const progress = noteProgress(io, () => now);
  for (let i = 0; i < 20; i++, now += 1000) progress({ stage: 'SmoothGrad', fraction: i / 20 });
  expect(notes).toEqual([
    'SmoothGrad: 25%, 15 s left',
    'SmoothGrad: 50%, 10 s left',
    'SmoothGrad: 75%, 5 s left',
  ]);
});

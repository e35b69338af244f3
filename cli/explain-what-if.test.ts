import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { writeNpy } from '../src/core/npy/index.ts';
import { runCommandLine } from './commands.ts';
import type { whatIfDocument } from './explain-what-if.ts';
import { recordingIo } from './test-io.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-what-if-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function explain(input: string, model: string, ...flags: string[]) {
  const { io, out } = recordingIo();
  const json = ['--class', 'top', '--backend', 'wasm', '--json', ...flags];
  await runCommandLine(['explain', input, '--model', model, ...json], io);
  return JSON.parse(out[0]) as {
    readonly whatIf: ReturnType<typeof whatIfDocument>;
    readonly predicted: number;
    readonly probabilities: number[];
  };
}

const fixture = (path: string) => join(root, 'fixtures', path);

it('says what a bundled network would answer, as its flags make it answer', async () => {
  const sample = join(root, 'public/samples/4V5A_70S-0.1.mrc');
  const { whatIf } = await explain(sample, 'cnn-2-0.1', '--what-if', '--invert');
  expect(whatIf.now).toMatchObject({ invert: true, inDomain: false });
  const [first] = whatIf.tried;
  expect(first).toMatchObject({
    ...{ id: 'contrast', changes: true, inDomain: true },
    ...{ change: { invert: false }, flags: [] },
  });
  expect(first.sentence).toMatch(
    /^With the contrast as in the file, this network would say 70S ribosome .* 0\.82 \(now: /,
  );
  const scaled = whatIf.tried.find(({ id }) => id === 'voxel-size-1.1');
  expect(scaled?.flags).toEqual(['--invert', '--voxel-scale', '1.1']);
  const then = await explain(sample, 'cnn-2-0.1', ...(scaled?.flags ?? []));
  const { difference } = scaled!;
  if (difference.kind !== 'class') throw new Error(difference.kind);
  expect(then.predicted).toBe(difference.other.index);
  expect(then.probabilities[then.predicted]).toBeCloseTo(difference.other.probability!, 4);
}, 60_000);

it.each([
  ['a segmentation', 'octopi_unet/best_model.pth', 'octopi_unet/input.npy', 'segmentation'],
  ['an embedding', 'tomotwin/tomotwin_latest.pth', 'tomotwin/input.npy', 'embedding'],
  [
    'an imported classifier',
    'classifier_sequential/whole_model.pt',
    'classifier_sequential/input.npy',
    'class',
  ],
])(
  'compares answers of %s',
  async (_, model, input, kind) => {
    const at = (path: string) => fixture(`checkpoints/${path}`);
    const { whatIf } = await explain(at(input), at(model), '--what-if');
    expect(whatIf.tried.length).toBeGreaterThan(3);
    expect(new Set(whatIf.tried.map(({ difference }) => difference.kind))).toEqual(new Set([kind]));
    const changing = whatIf.tried.filter(({ changes }) => changes).length;
    expect(whatIf.summary).toMatch(
      changing === 0 ? /^No other reading/ : new RegExp(`^${changing} of`),
    );
    // What is known of the training volumes stands in no checkpoint.
    expect(whatIf.now.inDomain).toBeNull();
  },
  60_000,
);

it('says plainly when nothing else is to be tried or changes the answer', async () => {
  const path = join(folder, 'constant.npy');
  writeFileSync(path, writeNpy(new Float32Array(16 ** 3).fill(2), [16, 16, 16]));
  const model = fixture('cam/tiny_cnn2/tfjs/model.json');
  const { whatIf } = await explain(path, model, '--what-if', '--normalize', 'zscore');
  expect(whatIf.tried.map(({ mistake }) => mistake)).toEqual(['normalization']);
});

it.each(['0', '11', 'two', ''])('refuses --voxel-scale %s', async (factor) => {
  const model = fixture('cam/tiny_cnn2/tfjs/model.json');
  const run = explain(fixture('cam/tiny_cnn2/input.npy'), model, '--voxel-scale', factor);
  await expect(run).rejects.toThrow(`--voxel-scale ${factor}; accepted: a factor from 0.1 to 10`);
});

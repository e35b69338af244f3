import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCommandLine } from './commands.ts';
import type { testsDocument } from './explain-faithfulness.ts';
import { recordingIo } from './test-io.ts';

const fixture = fileURLToPath(new URL('../fixtures/cam/tiny_cnn2/', import.meta.url));

async function explain(...args: string[]) {
  const { io, out } = recordingIo();
  const files = [join(fixture, 'input.npy'), '--model', join(fixture, 'tfjs', 'model.json')];
  const flags = ['--backend', 'wasm', '--class', 'top', '--faithfulness', ...args];
  await runCommandLine(['explain', ...files, ...flags], io);
  return out.join('\n');
}

it('tests the maps of the answer by deletion, insertion, shuffled weights and changed inputs', async () => {
  const methods = ['respond', 'grad', 'gradient-input'];
  const all = JSON.parse(await explain('--method', methods.join(), '--json'));
  const tests = all.faithfulness as ReturnType<typeof testsDocument>;
  expect(tests.index).toBe(all.predicted);
  expect(tests.all).toBeCloseTo(all.scores[all.predicted], 4);
  expect(Object.keys(tests.curves)).toEqual([
    ...methods,
    ...['random', 'centre', 'density', 'activations'],
  ]);
  for (const { deletion, insertion } of Object.values(tests.curves)) {
    expect(deletion.scores).toHaveLength(tests.shares.length);
    expect(deletion.scores[0]).toBe(tests.all);
    expect(insertion.scores[0]).toBe(tests.empty);
    expect(insertion.scores.at(-1)).toBe(tests.all);
  }
  // The ones on the input's grid are not explained again.
  expect(Object.keys(tests.cascade[0].methods)).toEqual(['respond', 'grad']);
  expect(tests.cascade.map(({ layers }) => layers.length)).toEqual(
    [...tests.cascade.keys()].map((k) => k + 1),
  );
  expect(tests.probes.map(({ probe }) => probe)).toEqual([
    ...['turn-z', 'turn-y', 'turn-x', 'wedge-50', 'wedge-40'],
  ]);
  for (const { methods: found } of tests.probes)
    for (const { cosine } of Object.values(found))
      expect(Math.abs(cosine ?? 0)).toBeLessThanOrEqual(1);
}, 120_000);

it('says the same in words, the same in every run', async () => {
  const text = await explain('--method', 'respond');
  expect(text).toMatch(/Respond-CAM: deletion .*, insertion/);
  expect(text).toMatch(/Sum of activations: deletion/);
  expect(text).toMatch(/A quarter turn about z: respond .* \/ .*; score .*, answer/);
  expect(await explain('--method', 'respond')).toBe(text);
}, 120_000);

import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TrustLine } from '../src/core/trust/index.ts';
import { runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const CASE = join(import.meta.dirname, '../fixtures/cam/tiny_cnn2');

async function explain(...args: string[]): Promise<string[]> {
  const { io, out } = recordingIo();
  const model = join(CASE, 'tfjs/model.json');
  const input = join(CASE, 'input.npy');
  await runCommandLine(['explain', input, '--model', model, '--backend', 'wasm', ...args], io);
  return out;
}

it('says of each map whether it can be believed, in the words of the app', async () => {
  const [text] = await explain('--json');
  for (const { classes } of JSON.parse(text).layers) {
    for (const { score, methods } of classes) {
      for (const { sum, trust } of Object.values<{ sum: number; trust: TrustLine[] }>(methods)) {
        const mark = Object.fromEntries(trust.map((line) => [line.id, line.mark]));
        expect(mark.input).toBe('unknown');
        expect(mark).toHaveProperty('ranks');
        expect(mark.adds === 'good').toBe(Math.abs(sum - score) <= 0.05 * Math.abs(score));
        expect(trust[0].figures).toContain('The map sums to');
      }
    }
  }
});

it('ranks nothing where not all classes are explained, and says it on one line a map', async () => {
  const [text] = await explain('--json', '--class', '0');
  const [{ classes }] = JSON.parse(text).layers;
  const ids = classes[0].methods.respond.trust.map(({ id }: TrustLine) => id);
  expect(ids).not.toContain('ranks');
  const lines = (await explain('--class', '0')).filter((line) =>
    /^ {2}\w+ at .*Training/.test(line),
  );
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('? Training data not known');
});

import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCommand, runCommandLine } from './commands.ts';
import { parseCommand } from './parse.ts';
import { recordingIo } from './test-io.ts';
import { CALL, commandsIn, type Documented, documentedCommands } from './testing/documented.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-documented-'));
const at = (name: string) => join(folder, name);
const fixture = (name: string) => join(root, 'fixtures', name);
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => {
  for (const name of ['subtomogram.mrc', 'volume.mrc'])
    copyFileSync(join(root, 'public/samples/1AON-inf.mrc'), at(name));
});

const membrain = {
  'tomogram.mrc': fixture('checkpoints/membrain_seg/input.npy'),
  'membrain_seg_v10.ckpt': fixture('checkpoints/membrain_seg/membrain_seg_v10.ckpt'),
};
const synthetic = {
  'particles.star': at('synthetic/particles.star'),
  'TS_01.mrc': at('synthetic/tomogram.mrc'),
};

/** What is run, in this order: how it begins, flags that make it small, and files in place of the reader's. */
const RUN: readonly (readonly [start: string, small?: string, files?: Record<string, string>])[] = [
  ['inspect subtomogram.mrc'],
  ['explain subtomogram.mrc --model cnn-2-inf --method all', '--method respond,grad --class 0'],
  ['compare heatmaps/'],
  ['explain volume.mrc --model cnn-1-0.1', '--model cnn-2-0.1 --layer conv4,maxpool2 --class 3'],
  ['compare maps/'],
  ['simulate --class 4V5A_70S', '--n 1'],
  ['evaluate --model cnn-2-inf --data bundled', '--limit 2'],
  ['evaluate --model cnn-2-inf --data simulated --shard', '--limit 3'],
  [
    'evaluate --merge',
    '',
    {
      'parts/evaluation-*.json': [1, 2, 3]
        .map((i) => at(`parts/evaluation-${i}-of-3.json`))
        .join(' '),
    },
  ],
  ['simulate --tomogram', '--tomogram 80x80x48 --class 1BXN --n 2 --membranes 0 --fiducials 0'],
  ['particles particles.star --tomogram', '', synthetic],
  ['particles particles.star --rows', '--rows 1', synthetic],
  [
    'explain particles.star --tomogram TS_01.mrc --model cnn-2-0.1 --volume all',
    '--class top',
    synthetic,
  ],
  ['explain --merge', '', { 'part-1.json': at('part-1.json'), 'part-2.json': at('part-2.json') }],
  ['simulate --class 1BXN --n 4', '--n 2'],
  ['pick synthetic/', '--stride 16 --no-refine --threshold 2'],
  ['gallery synthetic/'],
  ['segment tomogram.mrc', '', membrain],
  ['explain tomogram.mrc --model membrain_seg_v10.ckpt --component', '--component 1', membrain],
  [
    'explain volume.mrc --model model.onnx',
    '--class 0',
    {
      'volume.mrc': fixture('import/onnx/medicalnet_resnet/input.npy'),
      'model.onnx': fixture('import/onnx/medicalnet_resnet/model.onnx'),
    },
  ],
  [
    'quantize runs/cnn-1-inf --dtype',
    '--layers fc1',
    { 'runs/cnn-1-inf': fixture('cam/tiny_cnn2/tfjs/model.json') },
  ],
];

/** What is not run, by how it begins, and why. */
const NOT_RUN: Record<string, string> = {
  train: 'takes hours; train.test.ts trains',
  serve: 'does not end; serve.test.ts serves',
  conditions: 'takes minutes; conditions.test.ts has small ones',
  'domain ': "writes beside the reader's or a bundled network; domain.test.ts measures",
  quantize: 'the result of a training',
  'evaluate --model run': 'the result of a training',
  'evaluate --model my': "the reader's network",
  'evaluate --model cnn-1-inf --data simulated': 'takes minutes',
  'evaluate --model cnn-2-inf --data simulated --per-class 200': 'takes minutes',
  'evaluate --model cnn-2-inf --data data': 'a set of 6 GB',
  'simulate --class all': 'a set of 6 GB',
  'explain tile.mrc': 'recipes.test.ts runs such networks',
  'explain box.mrc': 'recipes.test.ts runs such networks',
  'explain tomogram.mrc --model membrain_seg_v10.ckpt --at': 'explain-tile is run with --component',
  'explain particles.star --tomogram tomogram.mrc': 'the same as with TS_01.mrc',
  'explain particles.star --tomogram TS_01.mrc --model cnn-2-0.1 --volume 12':
    'one of those that are all run',
  recognise: 'needs particles of several tomograms; recognition.test.ts tests the answer',
  'particles particles.star --half':
    'the synthetic list has no half sets; particles.test.ts has one',
  'pick tomogram.mrc': 'the same as in the synthetic tomogram',
  'explain picks/picks.star': 'a small tomogram may have no pick',
  'explain Extract/': 'sub-tilts.test.ts has such a list',
  'explain subtomogram.mrc --model cnn-2-inf': 'package.spec.ts runs the package',
  'explain fixtures/': 'recipes.test.ts runs it',
  'segment fixtures/': 'recipes.test.ts runs it',
};

/** Commands of other programs. */
const OTHERS =
  /^(npm (start|test|pack|run build|run paper|run bench|run docs)\b|npm run bench:document$|snakemake |sbatch )/;

const documented = documentedCommands(root);
const own = documented.filter(({ line }) => CALL.test(line.replace(/^ssh .*?(?=npx )/, '')));
const argsOf = ({ line }: Documented) => line.replace(/^ssh .*?(?=npx )/, '').replace(CALL, '');
const stands = (start: string) => (one: Documented) => argsOf(one).startsWith(start);
const runs = RUN.map(([start, small = '', files = {}]) => ({ start, small, files }));

it('finds commands in Markdown as a shell would', () => {
  const block = 'for i in 1 2; do a $i/2; done\nb \\\n  -c    # why\n\nd && e "#1"';
  expect(commandsIn(`x\n\`\`\`sh\n${block}\n\`\`\`\n`)).toEqual([
    'a 1/2',
    'a 2/2',
    'b -c',
    'd',
    'e "#1"',
  ]);
});

it('knows each command of the docs, and no other', () => {
  const starts = [...runs.map(({ start }) => start), ...Object.keys(NOT_RUN)];
  const strange = own.filter((one) => !starts.some((start) => stands(start)(one)));
  expect(strange, 'give them a row of RUN or NOT_RUN').toEqual([]);
  const stale = starts.filter((start) => !own.some(stands(start)));
  expect(stale, 'no page has them').toEqual([]);
});

it.each(own)('the parser takes $line ($page)', async (one) => {
  const [name, ...rest] = argsOf(one).replace(/ >.*$/, '').split(/\s+/);
  parseCommand(name, await loadCommand(name), rest);
});

it('takes commands in running text, too', async () => {
  const pages = new Set(documented.map(({ page }) => page));
  const texts = [...pages].map((page) => readFileSync(join(root, page), 'utf8'));
  const inline = texts.flatMap((text) => [
    ...text.matchAll(/`npm run -s respond-cam -- ([^`\n]+)`/g),
  ]);
  expect(inline.length).toBeGreaterThan(2);
  for (const [, line] of inline) {
    const [name, ...rest] = line.replace(/ >.*$/, '').split(/\s+/);
    parseCommand(name, await loadCommand(name), rest);
  }
});

it('names scripts that there are', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const { line } of documented.filter((one) => !own.includes(one))) {
    const [, script] = /^npm run (\S+)/.exec(line) ?? [];
    const [, file] = /^node scripts\/run\.mjs (\S+)/.exec(line) ?? [];
    if (script !== undefined) expect(Object.keys(scripts), line).toContain(script);
    else if (file !== undefined) expect(existsSync(join(root, file)), line).toBe(true);
    else expect(line).toMatch(OTHERS);
  }
});

describe('runs', () => {
  it.each(runs)(
    '$start',
    async ({ start, small, files }) => {
      const lines = own.filter(stands(start)).map(argsOf);
      for (const line of new Set(lines)) {
        const [call, file] = line.split(' > ');
        const words = call
          .split(/\s+/)
          .flatMap((word, i, all) => (files[word] ?? placed(word, i, all)).split(' '));
        const more = small === '' ? [] : small.split(' ');
        const { io, out } = recordingIo();
        await runCommandLine([...words, ...more], io);
        expect(out.length).toBeGreaterThan(0);
        if (file !== undefined) writeFileSync(at(file), out.join('\n'));
      }
    },
    120_000,
  );
});

/** Files of the reader's lie in the test's folder, and so does what is written. */
function placed(word: string, position: number, words: readonly string[]): string {
  const isFile = /^([\w-]+\.(mrc|star)|(heatmaps|maps|synthetic)\/.+)$/.test(word);
  return isFile || /^--(out|segmentation)$/.test(words[position - 1]) ? at(word) : word;
}

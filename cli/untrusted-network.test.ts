import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCode, runCommandLine } from './commands.ts';
import type { explainDocument } from './explain-report.ts';
import { localFiles } from './local-files.ts';
import { recordingIo } from './test-io.ts';

const CASE = fileURLToPath(new URL('../fixtures/cam/single_fc/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'untrusted-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => explain(join(CASE, 'tfjs'))); // loads TensorFlow.js

interface Manifest {
  weightsManifest: {
    paths: unknown[];
    sha256?: unknown;
    weights: { name: string; shape: unknown; dtype?: unknown; quantization?: unknown }[];
  }[];
}

let count = 0;

/** A copy of a network in a folder of its own. */
function copy(): string {
  const net = join(folder, `net-${++count}`);
  cpSync(join(CASE, 'tfjs'), net, { recursive: true });
  return net;
}

function edit(net: string, change: (model: Manifest) => void): void {
  const model = JSON.parse(readFileSync(join(net, 'model.json'), 'utf8')) as Manifest;
  change(model);
  writeFileSync(join(net, 'model.json'), JSON.stringify(model));
}

async function explain(net: string) {
  const { io, out, notes } = recordingIo();
  const argv = ['explain', join(CASE, 'input.npy'), '--model', net, '--json', '--backend', 'cpu'];
  await runCommandLine(argv, io);
  return { answer: JSON.parse(out[0]) as ReturnType<typeof explainDocument>, notes };
}

async function refused(net: string): Promise<string> {
  const start = Date.now();
  const error = await explain(net).catch((caught: unknown) => caught);
  expect(exitCode(error), String(error)).toBe(2);
  expect(Date.now() - start).toBeLessThan(2000);
  const { message } = error as Error;
  expect(message).toMatch(/^[\x20-\x7eÅ]+$/);
  return message.replace(net, 'net');
}

describe('respond-cam.json', () => {
  const named = (...names: unknown[]) => JSON.stringify({ classes: names });
  it.each([
    ['null', /^net\/respond-cam.json: this is null; accepted: a JSON object/],
    ['[]', /: this is an empty list; accepted: a JSON object/],
    ['"x"', /: this is "x"; accepted/],
    ['{', /^net\/respond-cam.json: not JSON \(it ends too early\)/],
    ['{"title":{"a":1}}', /: "title" is an object; accepted: text of one line/],
    ['{"title":"\\u001b[2Jx"}', /: "title" is "\\u001b\[2Jx"; accepted: text of one line/],
    ['{"voxelSize":-5}', /: "voxelSize" is -5; accepted: a number of Å from 0.05 to 10000$/],
    ['{"voxelSize":0}', /: "voxelSize" is 0; accepted/],
    ['{"voxelSize":4294967296}', /: "voxelSize" is 4294967296; accepted/],
    ['{"voxelSize":1e999}', /: "voxelSize" is beyond all numbers; accepted/],
    ['{"voxelSize":"10"}', /: "voxelSize" is "10"; accepted: a number of Å/],
    ['{"voxelSize":null}', /: "voxelSize" is null; accepted/],
    ['{"voxelSize":[10,10,10]}', /: "voxelSize" is a list of 3; accepted/],
    [
      '{"normalization":"z-score"}',
      /: "normalization" is "z-score"; accepted: none, zscore, unit-variance, unit, signed, imagenet, caffe$/,
    ],
    ['{"normalisation":"none"}', /has the key "normalisation".*accepted: "normalization"$/],
    ['{"contrast":"white"}', /: "contrast" is "white"; accepted: dark, bright$/],
    ['{"layer":"conv9"}', /: "layer" is "conv9".*accepted: input, conv1, conv2, maxpool1$/],
    ['{"layer":"flatten"}', /: "layer" is "flatten", which is no layer that can be explained/],
    ['{"layer":3}', /: "layer" is 3; accepted/],
    ['{"classes":{"0":"a"}}', /: "classes" is an object; accepted: a list/],
    [named({}, {}, {}, {}), /: "classes\[0\]" is an object; accepted: text/],
    [
      named('a', 'b', 'c'),
      /: "classes" is a list of 3, but the network has 4 scores; accepted: one/,
    ],
    [
      named('a', 'b', 'a', 'c'),
      /: "classes" is a list of 4; accepted: a list of names that differ/,
    ],
    [
      named('a', 'b\r\nrespond-cam: x', 'c', 'd'),
      /: "classes\[1\]" is "b\\r\\nrespond-cam: x"; ac/,
    ],
    [
      '{"accuracy":{"value":"high"}}',
      /: "accuracy.value" is "high"; accepted: a number from 0 to 1/,
    ],
    ['{"recipe":[]}', /: "recipe" is an empty list; accepted: a JSON object/],
  ])('%s is refused in one sentence', async (text, message) => {
    const net = copy();
    writeFileSync(join(net, 'respond-cam.json'), text);
    expect(await refused(net)).toMatch(message);
  });

  it('with keys of others is used with a note', async () => {
    const net = copy();
    writeFileSync(join(net, 'respond-cam.json'), '{"title":"T","author":"x"}');
    const { notes } = await explain(net);
    expect(notes).toContain(`${net}/respond-cam.json: unknown keys, left alone: "author"`);
  });

  it('may be absent', async () => {
    expect((await explain(copy())).answer.scores).toHaveLength(4);
  });
});

describe('model.json', () => {
  const first = ({ weightsManifest: [{ weights }] }: Manifest) => weights[0];
  it.each<[string, (model: Manifest) => void, RegExp]>([
    [
      'a group that is null',
      (m) => m.weightsManifest.splice(0, 1, null as never),
      /^net\/model.json: "weightsManifest\[0\]" is null; accepted: a JSON object/,
    ],
    [
      'a shape of 1e10',
      (m) => (first(m).shape = [1e10]),
      /"weightsManifest\[0\].weights\[0\].shape\[0\]" is 10000000000; accepted: a whole number/,
    ],
    ['a negative shape', (m) => (first(m).shape = [-4]), /shape\[0\]" is -4; accepted/],
    [
      'shapes beyond memory',
      (m) => (first(m).shape = [2e9, 2e9]),
      /its weights are larger than memory can hold \(conv1\/kernel is 2000000000 x 2000000000\)/,
    ],
    ['a shape that is no list', (m) => (first(m).shape = 4), /\.shape" is 4; accepted: a list/],
    ['an unknown type', (m) => (first(m).dtype = 'float8'), /\.dtype" is "float8"; accepted: flo/],
    [
      'quantisation without its grid',
      (m) => (first(m).quantization = { dtype: 'uint8' }),
      /\.quantization.min" is missing; accepted: a number/,
    ],
    [
      'quantisation of an unknown kind',
      (m) => (first(m).quantization = { dtype: 'int4', min: 0, scale: 1 }),
      /\.quantization.dtype" is "int4"; accepted: uint8, uint16, float16/,
    ],
    [
      'an infinite scale',
      (m) => (first(m).quantization = { dtype: 'uint8', min: 0, scale: '1e999' }),
      /\.quantization.scale" is "1e999"; accepted: a number/,
    ],
    [
      'weights listed twice',
      (m) => m.weightsManifest[0].weights.push(first(m)),
      /it lists the weights conv1\/kernel twice/,
    ],
    [
      'a file listed twice',
      (m) => m.weightsManifest[0].paths.push('./weights.bin'),
      /it lists weights.bin twice/,
    ],
    ['a number as path', (m) => (m.weightsManifest[0].paths[0] = 1), /paths\[0\]" is 1; accepted/],
    [
      'an absolute path',
      (m) => (m.weightsManifest[0].paths[0] = '/etc/passwd'),
      /^net\/model.json: its weights lie outside its folder \(\/etc\/passwd\)/,
    ],
    [
      'a path out of the folder',
      (m) => (m.weightsManifest[0].paths[0] = 'a/../../w.bin'),
      /its weights lie outside its folder/,
    ],
    [
      'an address',
      (m) => (m.weightsManifest[0].paths[0] = 'https://example.org/w.bin'),
      /its weights lie outside its folder/,
    ],
    [
      'another SHA-256',
      (m) => (m.weightsManifest[0].sha256 = ['0'.repeat(64)]),
      /its weight file weights.bin is damaged \(another SHA-256\)/,
    ],
    [
      'a SHA-256 that is none',
      (m) => (m.weightsManifest[0].sha256 = ['x']),
      /sha256\[0\]" is "x"; accepted: a SHA-256 of 64 hexadecimal digits/,
    ],
  ])('with %s is refused in one sentence', async (what, change, message) => {
    const net = copy();
    edit(net, change);
    expect(await refused(net)).toMatch(message);
    if (what !== 'another SHA-256') {
      await expect(localFiles(undefined, join(net, 'model.json'))).rejects.toThrow();
    }
  });

  it('nested without end is refused', async () => {
    const net = copy();
    const text = readFileSync(join(net, 'model.json'), 'utf8');
    const deep = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;
    writeFileSync(join(net, 'model.json'), text.replace(/^\{/, `{"x":${deep},`));
    expect(await refused(net)).toMatch(/model.json: nested deeper than 256 levels/);
  });
});

describe('weight files', () => {
  it.each(['w#1.bin', 'w%41.bin', 'w?x=1.bin', 'w 1+&;.bin', 'Gewichte ä é 重.bin', 'a b/c#d.bin'])(
    'may be called %s',
    async (name) => {
      const net = copy();
      if (name.includes('/')) mkdirSync(join(net, 'a b'));
      renameSync(join(net, 'weights.bin'), join(net, name));
      edit(net, (model) => (model.weightsManifest[0].paths = [name]));
      const { answer } = await explain(net);
      expect(answer.scores).toEqual((await explain(copy())).answer.scores);
      const { files } = await localFiles(undefined, join(net, 'model.json'));
      expect([...files.keys()].some((path) => path.endsWith(`/model/${name}`))).toBe(true);
    },
  );

  it.runIf(process.platform === 'linux').each([
    ['a pipe', (file: string) => execFileSync('mkfifo', [file]), /weights.bin: .*device or a pipe/],
    ['a link to a device', (file: string) => symlinkSync('/dev/zero', file), /out of its folder/],
    ['a folder', (file: string) => mkdirSync(file), /weights.bin: .*it is a folder/],
    ['a link elsewhere', (file: string) => symlinkSync('/etc/hostname', file), /out of its folder/],
  ])('that are %s are never read', async (_, make, message) => {
    const net = copy();
    rmSync(join(net, 'weights.bin'));
    make(join(net, 'weights.bin'));
    expect(await refused(net)).toMatch(message);
  });

  it('may be a link inside the folder', async () => {
    const net = copy();
    renameSync(join(net, 'weights.bin'), join(net, 'real.bin'));
    symlinkSync('real.bin', join(net, 'weights.bin'));
    expect((await explain(net)).answer.scores).toHaveLength(4);
  });
});

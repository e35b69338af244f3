import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const ROOT = join(import.meta.dirname, '..');
const CASE = join(ROOT, 'fixtures/cam/tiny_cnn2');
const sample = join(ROOT, 'public/samples/1AON-inf.mrc');
const unet = join(ROOT, 'fixtures/checkpoints/octopi_unet');
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-schema-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** Every key of an object that names its keys has to be among them here; readers are to expect new ones. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const named = 'properties' in schema && { additionalProperties: false };
  return { ...Object.fromEntries(parts), ...named };
}

// `domain` writes beside its network.
beforeAll(() => cpSync(join(ROOT, 'public/models/cnn-2-inf'), at('network'), { recursive: true }));

const model = join(CASE, 'tfjs/model.json');
const network = ['--model', model, '--backend', 'wasm'];
const input = join(CASE, 'input.npy');
const tomogram = at('tomogram/tomogram.mrc');
const list = at('tomogram/particles.star');
const scene = '--tomogram 64x64x48 --class 1BXN --n 2 --membranes 1'.split(' ');
const picked = [tomogram, '--model', 'cnn-2-inf', '--stride', '16', '--threshold', '2'];

// In this order: some read what others wrote.
it.each([
  ['inspect', [sample]],
  ['inspect', [input]],
  ['explain', [input, ...network, '--layer', 'all']],
  ['explain', [input, ...network, '--class', '1', '--method', 'all']],
  ['explain', [input, ...network, '--target', 'difference', '--against', '0', '--volume', 'all']],
  ['explain', [input, ...network, '--volume', 'all', '--shard', '1/2', '--out', at('maps')]],
  ['evaluate', ['--model', 'cnn-2-inf', '--data', 'bundled', '--limit', '2']],
  ['compare', ['0.respond', '0.grad'].map((map) => at(`maps/volume-1/maxpool2.${map}.npy`))],
  ['simulate', ['--class', '1BXN', '--n', '2', '--snr-band', '0.1', '--out', at('set')]],
  ['simulate', [...scene, '--out', at('tomogram')]],
  ['domain', [at('network/model.json'), '--data', at('set')]],
  ['particles', [list]],
  ['particles', [at('tomogram/particles.csv'), '--tomogram', tomogram]],
  ['pick', [...picked, '--truth', list, '--no-refine', '--out', at('picks')]],
  ['pick', [...picked, '--one-by-one']],
  ['gallery', [list, '--tomogram', tomogram, '--model', 'cnn-2-inf', '--out', at('gallery')]],
  ['recognise', [list, '--tomogram', tomogram, '--model', 'cnn-2-inf', '--average', '1,2']],
  ['segment', [join(unet, 'input.npy'), '--model', join(unet, 'best_model.pth')]],
  ['quantize', [model, '--layers', 'fc1', '--out', at('quantized')]],
  ['conditions', ['cnn-2-inf', '--only', 'shift', '--per-class', '1']],
])('%s --json is what its schema says: %j', async (command, args) => {
  expect(await faults(command, args)).toBeNull();
});

it.each([
  ['explain', [input, ...network, '--volume', 'all', '--out', at('parts')]],
  ['evaluate', ['--model', 'cnn-2-inf', '--data', 'bundled', '--limit', '2']],
])('%s --merge writes what its schema says', async (command, args) => {
  const shards = ['1/2', '2/2'].map((shard, i) => ({ shard, file: at(`${command}-${i}.json`) }));
  for (const { shard, file } of shards) {
    const document = await documentOf([command, ...args, '--shard', shard]);
    writeFileSync(file, JSON.stringify(document));
  }
  expect(await faults(command, ['--merge', ...shards.map(({ file }) => file)])).toBeNull();
});

async function documentOf(args: readonly string[]): Promise<unknown> {
  const { io, out } = recordingIo();
  await runCommandLine([...args, '--json'], io);
  return JSON.parse(out[0]);
}

async function faults(command: string, args: readonly string[]) {
  const text = readFileSync(join(ROOT, `docs/schema/${command}.schema.json`), 'utf8');
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(
    closed(JSON.parse(text)) as Record<string, unknown>,
  );
  validate(await documentOf([command, ...args]));
  return validate.errors;
}

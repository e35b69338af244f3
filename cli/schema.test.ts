import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const ROOT = join(import.meta.dirname, '..');
const CASE = join(ROOT, 'fixtures/cam/tiny_cnn2');
const sample = join(ROOT, 'public/samples/1AON-inf.mrc');

/** Every key of an object that names its keys has to be among them here; readers are to expect new ones. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const named = 'properties' in schema && { additionalProperties: false };
  return { ...Object.fromEntries(parts), ...named };
}

const network = ['--model', join(CASE, 'tfjs/model.json'), '--backend', 'wasm'];
const input = join(CASE, 'input.npy');

it.each([
  ['inspect', [sample]],
  ['inspect', [input]],
  ['explain', [input, ...network, '--layer', 'all']],
  ['explain', [input, ...network, '--class', '1', '--method', 'all']],
  ['explain', [input, ...network, '--target', 'difference', '--against', '0', '--volume', 'all']],
  ['evaluate', ['--model', 'cnn-2-inf', '--data', 'bundled', '--limit', '2']],
])('%s --json is what its schema says: %j', async (command, args) => {
  const text = readFileSync(join(ROOT, `docs/schema/${command}.schema.json`), 'utf8');
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(
    closed(JSON.parse(text)) as Record<string, unknown>,
  );
  const { io, out } = recordingIo();
  await runCommandLine([command, ...args, '--json'], io);
  validate(JSON.parse(out[0]));
  expect(validate.errors).toBeNull();
});

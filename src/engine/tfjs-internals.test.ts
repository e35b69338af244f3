import '@tensorflow/tfjs-backend-wasm';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { tf } from './tf.ts';
import { COMPILE_ONLY, dataRecords, heapOf, recorder } from './tfjs-internals.ts';

const VERSION = '4.22.0';

it.each(['core', 'backend-cpu', 'backend-wasm', 'backend-webgpu'])(
  'TensorFlow.js %s is the version whose inside is known',
  (name) => {
    const file = createRequire(import.meta.url).resolve(`@tensorflow/tfjs-${name}/package.json`);
    expect(JSON.parse(readFileSync(file, 'utf8')).version).toBe(VERSION);
  },
);

it('the wasm backend shows its memory and the records of its data', async () => {
  await tf.setBackend('wasm');
  const backend = tf.backend() as BackendWasm;
  const { memory, malloc, free } = heapOf(backend);
  const at = malloc(64);
  expect(at).toBeGreaterThan(0);
  free(at);

  const x = tf.tensor1d([1, 2, 3]);
  const values = new Float32Array(memory.buffer, backend.getMemoryOffset(x.dataId), 3);
  expect([...values]).toEqual([1, 2, 3]);
  const records = dataRecords(backend);
  const record = records.get(x.dataId);
  expect(record).toBe(records.get(x.dataId));
  const copy = tf.clone(x);
  expect(backend.refCount(x.dataId)).toBeGreaterThan(0);
  tf.dispose([x, copy]);
  expect(records.has(x.dataId)).toBe(false);
});

it('the WebGPU backend records and submits as it is used here', () => {
  const methods = [
    'uploadToGPU',
    'recordAndSubmit',
    'getBufferData',
    'endComputePassEncoder',
    'submitQueue',
  ] as const;
  const backend = recorder(WebGPUBackend.prototype);
  for (const name of methods) expect(backend[name], name).toBeTypeOf('function');
  // Fields come with an instance, which needs a device: they are named in the source.
  const source = WebGPUBackend.toString() + methods.map((name) => backend[name]).join();
  for (const field of ['pipelineCache', 'commandEncoder', 'adapterInfo'])
    expect(source, field).toContain(field);
  for (const flag of [COMPILE_ONLY]) expect(tf.env().getBool(flag)).toBe(false);
});

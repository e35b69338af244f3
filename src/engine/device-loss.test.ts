import '@tensorflow/tfjs-backend-cpu';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { cpu } from './backends/simple.ts';
import type { BackendDriver } from './backends/types.ts';
import { wasm } from './backends/wasm.ts';
import { LocalEngine } from './local.ts';
import { loadCase, relativeError } from './testing/fixtures.ts';
import { tf } from './tf.ts';

// The card of this test is no graphics card, so it keeps the stock kernels.
vi.mock('./kernels/index.ts', () => ({
  registerFastKernels: async () => {},
  kernelThreads: async () => 1,
  mayHaveThreads: () => true,
}));

let loseDevice = (_reason: string) => {};

/** A graphics device that computes on the processor and can be taken away. */
const gpu: BackendDriver = {
  probe: async () => ({ name: 'webgpu', device: 'test card', hardware: true, reason: 'Fast.' }),
  async start() {
    tf.copyRegisteredKernels('cpu', 'webgpu');
    tf.registerBackend('webgpu', tf.findBackendFactory('cpu'));
    await tf.setBackend('webgpu');
    const lost = new Promise<string>((resolve) => {
      loseDevice = resolve;
    });
    return { device: 'test card', lost };
  },
};

const none: BackendDriver = {
  probe: async () => undefined,
  start: () => Promise.reject(new Error('not here')),
};

const engine = new LocalEngine({
  readUrl: (url) => readFile(new URL(url)).catch(() => null),
  drivers: { webgpu: gpu, wasm: wasm(undefined), cpu },
});
const { expected, input, modelUrl, values } = loadCase('tiny_cnn2');
const request = {
  model: 'tiny',
  input,
  inputKey: 'volume',
  inputShape: expected.input_shape,
  layers: 'default',
  classes: 'all',
  methods: ['respond'],
} as const;

beforeAll(() => engine.loadModel({ kind: 'url', url: modelUrl, id: 'tiny' }));
afterAll(() => engine.dispose());

it('moves to WebAssembly when the device is lost, and answers the question under way', async () => {
  expect(await engine.backend()).toMatchObject({ name: 'webgpu', device: 'test card' });
  expect((await engine.explain({ ...request, inputKey: 'earlier' })).backend).toBe('webgpu');

  const answer = await engine.explain(request, { onProgress: () => loseDevice('unplugged') });
  expect(answer.backend).toBe('wasm');
  const [layer] = answer.layers;
  const error = relativeError(layer.classes[2].methods.respond!.data, values('respond/maxpool2/2'));
  expect(error).toBeLessThan(1e-4);

  const { name, reason, available } = await engine.backend();
  expect(name).toBe('wasm');
  expect(reason).toMatch(/^The graphics device was lost \(unplugged\)\./);
  expect(available).not.toContain('webgpu');
  const again = await engine.explain({ ...request, classes: [1] });
  expect(again.timing.forward).toBe(0);
});

it('reads a network while the backend starts', async () => {
  let asked = (): void => {};
  const reading = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const eager = new LocalEngine({
    readUrl: (url) => {
      asked();
      return readFile(new URL(url)).catch(() => null);
    },
    // Starts only once the network's first file is asked for.
    drivers: {
      webgpu: none,
      wasm: none,
      cpu: { probe: cpu.probe, start: () => reading.then(() => cpu.start()) },
    },
  });
  await eager.loadModel({ kind: 'url', url: modelUrl, id: 'tiny' });
  expect((await eager.explain(request)).backend).toBe('cpu');
  await eager.dispose();
});

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createWebgpu } from './backends/webgpu.ts';
import { describeOnGpu, installNodeGpu } from '../testing/gpu.ts';
import type { LocalEngine } from './local.ts';
import { createNodeEngine } from './node.ts';
import { loadCase, relativeError } from './testing/fixtures.ts';
import { poolingNetwork } from './testing/networks.ts';
import { tf } from './tf.ts';
import type { Explanation } from './types.ts';

// Compiling shaders on a busy processor takes its time.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const gpu = await installNodeGpu();
const { expected, input, modelUrl, values } = loadCase('tiny_cnn2');
const request = {
  model: 'tiny',
  input,
  inputShape: expected.input_shape,
  layers: 'default',
  classes: 'all',
  methods: ['respond'],
} as const;

/** tfjs's own handle on the device, before anything is computed on it. */
const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

describeOnGpu(gpu, 'a device that fails', () => {
  let engine: LocalEngine;

  beforeAll(async () => {
    engine = createNodeEngine();
    await engine.selectBackend('webgpu');
    await engine.loadModel({ kind: 'url', url: modelUrl, id: 'tiny' });
  });
  afterAll(async () => {
    await engine.dispose();
  });

  /** Explains while `harm` is done to the device, and expects the right answer from another backend. */
  async function expectFallback(harm: () => void, reason: RegExp): Promise<void> {
    await engine.selectBackend('webgpu');
    let done = false;
    const answer = await engine.explain(request, {
      onProgress: () => {
        if (!done) harm();
        done = true;
      },
    });
    expect(answer.backend).toBe('wasm');
    const map = answer.layers[0].classes[2].methods.respond!;
    expect(relativeError(map.data, values('respond/maxpool2/2'))).toBeLessThan(1e-4);
    expect((await engine.backend()).reason).toMatch(reason);
  }

  it('answers on WebAssembly when memory runs out, and can be chosen again', async () => {
    const held: GPUBuffer[] = [];
    const allocate = () => {
      const { maxBufferSize: size } = device().limits;
      // Address space alone: nothing is written to it.
      for (let i = 0; i < 8; i++)
        held.push(device().createBuffer({ size, usage: GPUBufferUsage.STORAGE }));
    };
    await expectFallback(
      allocate,
      /^The graphics device ran out of memory \(.*\); close other programs .* WebAssembly computes/,
    );
    for (const buffer of held) buffer.destroy();
    expect((await engine.backend()).available).toContain('webgpu');
    await engine.selectBackend('webgpu');
    const again = await engine.explain(request);
    expect(again.backend).toBe('webgpu');
    expect(relativeError(again.scores, expected.scores)).toBeLessThan(1e-5);
  });

  it('answers on WebAssembly when the device refuses a command', async () => {
    const misuse = () =>
      void device().createBuffer({
        size: 8,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE,
      });
    await expectFallback(misuse, /^The graphics device refused a computation \(.*MapRead/);
  });

  it('answers on WebAssembly when the device is lost', async () => {
    await expectFallback(() => device().destroy(), /^The graphics device was lost \(.+\)\. Web/);
  });

  it('is not blamed for one volume of a batch that gives no numbers', async () => {
    await engine.selectBackend('webgpu');
    const overflowing = new Float32Array(input.length).fill(3e38);
    const { input: _, ...question } = request;
    const [good, bad] = await engine.explainBatch({ ...question, inputs: [input, overflowing] });
    expect(good).toMatchObject({ backend: 'webgpu' });
    expect(relativeError((good as Explanation).scores, expected.scores)).toBeLessThan(1e-5);
    expect(bad).toEqual({
      reason: expect.stringMatching(/^The network gives (NaN|-?Infinity) as/),
    });
    expect((await engine.backend()).name).toBe('webgpu');
  });

  it('refuses a batch of which nothing is a number on every backend', async () => {
    await engine.selectBackend('webgpu');
    const { input: _, ...question } = request;
    const overflowing = new Float32Array(input.length).fill(3e38);
    const answers = await engine.explainBatch({ ...question, inputs: [overflowing, overflowing] });
    const reason = expect.stringMatching(/^The network gives (NaN|-?Infinity) as the score/);
    expect(answers).toEqual([{ reason }, { reason }]);
    expect((await engine.backend()).name).toBe('wasm');
  });

  it('refuses scores that are no numbers, on every backend, with the class', async () => {
    const overflowing = new Float32Array(input.length).fill(3e38);
    const running = engine.explain({ ...request, input: overflowing });
    await expect(running).rejects.toThrow(
      /^The network gives (NaN|-?Infinity) as the score of class/,
    );
  });
});

describeOnGpu(gpu, 'a device with small limits', () => {
  // Nothing is asked of the adapter: 128 MiB for a shader, as on phones.
  const engine = createNodeEngine(createWebgpu(() => ({})));
  afterAll(() => engine.dispose());

  it('says what was too large and what would fit, and answers on WebAssembly', async () => {
    await engine.selectBackend('webgpu');
    expect(device().limits.maxStorageBufferBindingSize).toBe(2 ** 27);
    const files = await poolingNetwork({ edge: 112, channels: 32, classes: 2 });
    const info = await engine.loadModel({ kind: 'files', id: 'wide', files });
    const answer = await engine.explain({
      model: 'wide',
      input: new Float32Array(112 ** 3).fill(1),
      inputShape: info.inputShape,
      layers: 'default',
      classes: 'top',
      methods: ['respond'],
    });
    expect(answer.backend).toBe('wasm');
    expect((await engine.backend()).reason).toMatch(
      /172 MiB at a time, more than the 128 MiB that this graphics device gives a shader; accepted: this network for volumes of at most 101 voxels along each edge/,
    );
  });
});

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeOnGpu, installNodeGpu } from '../testing/gpu.ts';
import { createNodeEngine } from './node.ts';
import { loadCase, relativeError } from './testing/fixtures.ts';
import { tf } from './tf.ts';

// Compiling shaders on a busy processor takes its time.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const gpu = await installNodeGpu();

describeOnGpu(gpu, 'warming up on WebGPU', () => {
  const engine = createNodeEngine();
  const { expected, input, modelUrl, values } = loadCase('tiny_cnn2');
  const request = {
    model: 'tiny',
    input,
    inputShape: expected.input_shape,
    layers: 'default',
    classes: 'all',
    methods: ['respond', 'grad'],
  } as const;
  /** Shaders compiled so far: one at a time, and side by side. */
  const count = { single: 0, parallel: 0 };

  beforeAll(async () => {
    await engine.selectBackend('webgpu');
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    const single = device.createComputePipeline.bind(device);
    const parallel = device.createComputePipelineAsync.bind(device);
    device.createComputePipeline = (given) => {
      count.single++;
      return single(given);
    };
    device.createComputePipelineAsync = (given) => {
      count.parallel++;
      return parallel(given);
    };
    await engine.loadModel({ kind: 'url', url: modelUrl, id: 'tiny' });
  });
  afterAll(() => engine.dispose());

  it('stops for a question, which is answered rightly', async () => {
    const warming = engine.warmUp('tiny');
    const answer = await engine.explain(request);
    await warming;
    expect(count.single).toBe(0);
    expect(count.parallel).toBeGreaterThan(0);
    expect(answer.backend).toBe('webgpu');
    expect(relativeError(answer.scores, expected.scores)).toBeLessThan(1e-5);
  });

  it('leaves nothing to compile for the first explanation, and no tensor', async () => {
    // A network of its own, whose shaders are not there yet.
    const { expected: other, modelUrl: url, input: volume } = loadCase('single_fc');
    await engine.loadModel({ kind: 'url', url, id: 'other' });
    const before = await engine.memory();
    const compiledBefore = count.parallel;
    await engine.warmUp('other');
    const compiled = count.parallel;
    expect(compiled).toBeGreaterThan(compiledBefore);
    expect(await engine.memory()).toEqual(before);

    const asked = { ...request, model: 'other', input: volume, inputShape: other.input_shape };
    const answer = await engine.explain(asked);
    expect(count).toEqual({ single: 0, parallel: compiled });
    expect(relativeError(answer.scores, other.scores)).toBeLessThan(1e-5);
  });

  it('gives the same maps as the reference after it', async () => {
    const { layers } = await engine.explain({ ...request, classes: [2] });
    const map = layers[0].classes[0].methods.respond!;
    expect(relativeError(map.data, values('respond/maxpool2/2'))).toBeLessThan(1e-4);
  });

  it('can be cancelled by its own signal', async () => {
    const cancel = new AbortController();
    cancel.abort();
    const warming = engine.warmUp('tiny', { signal: cancel.signal });
    await expect(warming).resolves.toBeUndefined(); // nothing is left to compile
    await engine.loadModel({ kind: 'url', url: modelUrl, id: 'again' });
    const again = engine.warmUp('again', { signal: cancel.signal });
    await expect(again).rejects.toMatchObject({ code: 'aborted' });
  });
});

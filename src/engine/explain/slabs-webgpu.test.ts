import { afterAll, expect, it, vi } from 'vitest';
import type { BackendDriver, MemoryLimits } from '../backends/types.ts';
import { createWebgpu } from '../backends/webgpu.ts';
import { describeOnGpu, installNodeGpu } from '../../testing/gpu.ts';
import { createNodeEngine } from '../node.ts';
import { relativeError } from '../testing/fixtures.ts';
import { average, conv, dense, pool, testFiles } from '../testing/networks.ts';
import type { BackendName, Explanation } from '../types.ts';

// Compiling shaders on a busy processor takes its time.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const gpu = await installNodeGpu();
let comparisons = 0;

const SIZE = [26, 12, 10] as const;
/** A value may take less than the 97.5 KiB of those of conv1 and conv2. */
const MEMORY: MemoryLimits = {
  total: 2 ** 20,
  slab: 2 ** 16,
  operation: Number.POSITIVE_INFINITY,
  tensor: 2 ** 16,
};

/** The device, said to have little memory. */
function withMemory(driver: BackendDriver, memory: MemoryLimits): BackendDriver {
  return { ...driver, start: async () => ({ ...(await driver.start()), memory }) };
}

function network() {
  const layer = (name: string) => conv(8, { name, activation: 'relu' });
  return testFiles([...SIZE, 1], (net, x) =>
    net.chain(
      x,
      ...[layer('conv1'), layer('conv2'), pool({ name: 'pool1' }), layer('conv3')],
      ...[average(), dense(3, { name: 'scores' })],
    ),
  );
}

describeOnGpu(gpu, 'a volume too large for the graphics device', () => {
  const engine = createNodeEngine(withMemory(createWebgpu(), MEMORY));
  const input = Float32Array.from({ length: SIZE[0] * SIZE[1] * SIZE[2] }, (_, i) =>
    Math.sin(i * i * 0.013),
  );

  async function explain(backend: BackendName, layer: string): Promise<Explanation> {
    await engine.selectBackend(backend);
    return engine.explain({
      model: 'chain',
      input,
      inputShape: [...SIZE, 1],
      layers: [layer],
      classes: 'all',
      methods: ['respond', 'grad'],
    });
  }

  afterAll(async () => {
    console.log(`slabs on WebGPU: ${comparisons} GPU comparisons on ${gpu.adapter}`);
    await engine.dispose();
  });

  it('is computed in slabs there, with the maps that WebAssembly gives for the whole', async () => {
    await engine.selectBackend('wasm');
    await engine.loadModel({ kind: 'files', id: 'chain', files: await network() });
    const expected = await explain('wasm', 'conv3');
    const actual = await explain('webgpu', 'conv3');
    expect(actual.backend).toBe('webgpu');
    expect(relativeError(actual.scores, expected.scores)).toBeLessThan(1e-5);
    for (const [index, { methods }] of actual.layers[0].classes.entries()) {
      const others = expected.layers[0].classes[index].methods;
      for (const method of ['respond', 'grad'] as const) {
        expect(relativeError(methods[method]!.data, others[method]!.data)).toBeLessThan(1e-5);
        comparisons++;
      }
    }
    for (const { residual, score } of actual.layers[0].ledger)
      expect(Math.abs(residual / score)).toBeLessThan(1e-5);
  });

  it('is computed by WebAssembly where the question is about a layer it does not keep', async () => {
    const answer = await explain('webgpu', 'conv2');
    expect(answer.backend).toBe('wasm');
    expect((await engine.backend()).reason).toMatch(
      /^Layer conv2 \(26 x 12 x 10 x 8, 1 MiB\) is computed in parts and not kept, .*; accepted: pool1, conv3\. WebAssembly computes on the/,
    );
    comparisons++;
  });

  it('and where not even a slab fits', async () => {
    const small = createNodeEngine(withMemory(createWebgpu(), { ...MEMORY, tensor: 2 ** 14 }));
    await small.selectBackend('webgpu');
    await small.loadModel({ kind: 'files', id: 'chain', files: await network() });
    const question = { model: 'chain', input, inputShape: [...SIZE, 1], layers: ['conv3'] };
    const answer = await small.explain({ ...question, classes: 'top', methods: ['respond'] });
    expect(answer.backend).toBe('wasm');
    expect((await small.backend()).reason).toMatch(
      /^Layer conv\d \(.*\) takes 1 MiB at a time, more than the 1 MiB that this graphics device gives a shader; accepted: .* WebAssembly computes/,
    );
    await small.dispose();
  });
});

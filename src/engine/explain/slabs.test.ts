import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MemoryLimits } from '../backends/types.ts';
import { WASM_MEMORY } from '../backends/wasm.ts';
import { memoryOf } from '../backends/webgpu.ts';
import { GlobalAveragePooling3D } from '../layers/global-pooling.ts';
import { buildGraph } from '../model/graph.ts';
import { createNodeEngine } from '../node.ts';
import { tf, tfl } from '../tf.ts';
import { Breather, disposeAll, forward } from './forward.ts';
import { assertKept, KEEP_ALL, planMemory } from './slabs.ts';

const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

type Size = [number, number, number];
type Layers = tfl.layers.Layer[];

let seed = 1;
const conv = (name: string, filters: number, options: object = {}) =>
  tfl.layers.conv3d({
    name,
    filters,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
    kernelInitializer: tfl.initializers.glorotUniform({ seed: seed++ }),
    biasInitializer: tfl.initializers.randomUniform({ seed: seed++, minval: -0.1, maxval: 0.1 }),
    ...options,
  });
const pool = (name: string, options: object = {}) =>
  tfl.layers.maxPooling3d({ name, poolSize: [2, 2, 2], strides: [2, 2, 2], ...options });

function network(size: Size, layers: Layers) {
  const input = tfl.input({ shape: [...size, 1], name: 'input' });
  const head = [
    new GlobalAveragePooling3D({ name: 'average' }),
    tfl.layers.dense({ name: 'scores', units: 3 }),
  ];
  const outputs = [...layers, ...head].reduce(
    (x, layer) => layer.apply(x) as tfl.SymbolicTensor,
    input,
  );
  const model = tfl.model({ inputs: input, outputs });
  return { model, graph: buildGraph(model, 'test') };
}

const CASES: [string, Size, () => Layers, number][] = [
  [
    'the first block of CNN-1, Winograd',
    [26, 12, 10],
    () => [conv('a', 16), conv('b', 16), pool('c'), conv('d', 8)],
    3,
  ],
  [
    'an odd depth, pooling with padding',
    [23, 9, 8],
    () => [conv('a', 3), pool('b', { padding: 'same' }), conv('c', 5), pool('d')],
    4,
  ],
  [
    'valid padding, dilation, an even window, an activation of its own',
    [30, 12, 12],
    () => [
      conv('a', 4, { padding: 'valid', kernelSize: [2, 3, 3] }),
      conv('b', 4, { dilationRate: 2, activation: 'linear' }),
      tfl.layers.reLU({ name: 'c' }),
      tfl.layers.averagePooling3d({ name: 'd', poolSize: [3, 2, 2], strides: [2, 2, 2] }),
    ],
    4,
  ],
];

describe('a chain of layers in slabs', () => {
  it.each(CASES)('has the values of the whole volume: %s', async (_, size, layers, chainEnd) => {
    const before = tf.memory().numTensors;
    const { model, graph } = network(size, layers());
    const volume = () => tf.randomNormal([1, ...size, 1], 0, 1, 'float32', 7);
    const whole = await forward(graph, volume(), new Breather(), KEEP_ALL);
    for (const slices of [1, 2, 3, 5, 100]) {
      const parted = await forward(graph, volume(), new Breather(), { chainEnd, slices });
      expect(parted.slice(1, chainEnd)).toEqual(new Array(chainEnd - 1).fill(null));
      for (let index = chainEnd; index < graph.steps.length; index++) {
        const [actual, expected] = [parted, whole].map(
          (values) => values[index]!.dataSync() as Float32Array,
        );
        const worst = actual.reduce((w, value, i) => Math.max(w, Math.abs(value - expected[i])), 0);
        // Sums of the same terms; only which of them share a vector may differ.
        expect(worst, graph.steps[index].name).toBeLessThan(1e-6);
        expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.01);
      }
      disposeAll(parted);
    }
    disposeAll(whole);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the memory plan', () => {
  const build = (edge: number) =>
    network(
      [edge, edge, edge],
      [conv('conv1', 32), conv('conv2', 32), pool('pool1'), conv('conv3', 64), pool('pool2')],
    );
  const plan = (edge: number, limits: MemoryLimits) => {
    const { model, graph } = build(edge);
    model.dispose();
    return { graph, plan: () => planMemory(graph, limits) };
  };

  it('keeps every layer where they fit, else runs the first block in slabs', () => {
    expect(plan(40, WASM_MEMORY).plan()).toEqual(KEEP_ALL);
    const { chainEnd, slices } = plan(200, WASM_MEMORY).plan();
    expect(chainEnd).toBe(3);
    expect(slices).toBe(19); // of 100; 192 MiB of 977
  });

  it('lets no value outgrow the buffers of a graphics device, nor a slab with what is around it', () => {
    const device = (mebibytes: number, buffer = mebibytes) =>
      memoryOf({
        maxStorageBufferBindingSize: mebibytes * 2 ** 20,
        maxBufferSize: buffer * 2 ** 20,
      });
    expect(device(2048).total).toBe(2 ** 31);
    expect(plan(80, device(1024)).plan()).toEqual(KEEP_ALL);
    // 244 MiB for conv3: the chain goes on to pool2.
    const parted = plan(200, device(128, 2048)).plan();
    expect(parted.chainEnd).toBe(5);
    const slice = 200 * 200 * 32 * 4;
    const around = 4 * parted.slices + 2 * (1 + 1 + 2);
    expect(parted.slices).toBeGreaterThan(1);
    expect(around * slice).toBeLessThan(2 ** 27);
    expect(plan(200, device(1024)).plan().chainEnd).toBe(3);
    expect(() => plan(200, device(32, 2048)).plan()).toThrow(
      /^Layer conv1 \(200 x 200 x 200 x 32\) takes \d+ MiB at a time, more than the 32 MiB .* voxels along each edge, or backend wasm\.$/,
    );
  });

  it('names the layers that are not kept, and those that are', () => {
    const { graph, plan: make } = plan(200, WASM_MEMORY);
    const made = make();
    expect(() => assertKept(graph, made, 3)).not.toThrow();
    for (const index of [0, 2]) expect(() => assertKept(graph, made, index)).toThrow();
    expect(() => assertKept(graph, made, 2)).toThrow(
      /Layer conv2 \(200 x 200 x 200 x 32, 977 MiB\) .* volume of 200 x 200 x 200 voxels .* accepted: pool1, conv3, pool2\.$/,
    );
  });

  it('says which size would fit where nothing does', () => {
    const residual = (edge: number) => {
      const input = tfl.input({ shape: [edge, edge, edge, 1] });
      const a = conv('a', 32).apply(input) as tfl.SymbolicTensor;
      const b = conv('b', 32).apply(a) as tfl.SymbolicTensor;
      const sum = tfl.layers.add({ name: 'sum' }).apply([a, b]);
      const average = new GlobalAveragePooling3D({}).apply(sum as tfl.SymbolicTensor);
      const scores = tfl.layers.dense({ units: 3 }).apply(average as tfl.SymbolicTensor);
      return buildGraph(tfl.model({ inputs: input, outputs: scores as tfl.SymbolicTensor }), 't');
    };
    const message =
      /Layer a \(200 x 200 x 200 x 32\) .* need 5890 MiB of memory, more than the 3072 MiB .* at most 160 voxels along each edge\.$/;
    expect(() => planMemory(residual(200), WASM_MEMORY)).toThrow(message);
    expect(planMemory(residual(160), WASM_MEMORY)).toEqual(KEEP_ALL);
  });
});

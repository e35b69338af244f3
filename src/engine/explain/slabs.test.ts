import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MemoryLimits } from '../backends/types.ts';
import { WASM_MEMORY } from '../backends/wasm.ts';
import { memoryOf } from '../backends/webgpu.ts';
import { createNodeEngine } from '../node.ts';
import {
  average,
  conv as convolution,
  dense,
  pool as pooling,
  type TestLayer,
  testGraph,
} from '../testing/networks.ts';
import { tf } from '../tf.ts';
import { disposeAll, forward } from './forward.ts';
import { networkOf, stagesOf } from './network.ts';
import { placeConstants } from '../graph/place.ts';
import { assertKept, KEEP_ALL, planMemory } from './slabs.ts';
import { TaskYielder } from './yielder.ts';

const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

type Size = [number, number, number];
const conv = (name: string, filters: number, options: object = {}) =>
  convolution(filters, { name, activation: 'relu', ...options });
const pool = (name: string, options: object = {}) => pooling({ name, ...options });

function network(size: Size, layers: readonly TestLayer[]) {
  return testGraph([...size, 1], (net, x) =>
    net.chain(x, ...layers, average(), dense(3, { name: 'scores' })),
  );
}

const CASES: [string, Size, () => TestLayer[], number][] = [
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
      conv('a', 4, { padding: 'valid', kernel_size: [2, 3, 3] }),
      conv('b', 4, { dilation_rate: 2, activation: 'linear' }),
      ['ReLU', { name: 'c' }],
      ['AveragePooling3D', { name: 'd', pool_size: [3, 2, 2], strides: [2, 2, 2] }],
    ],
    3, // the ReLU is computed with its convolution
  ],
];

describe('a chain of layers in slabs', () => {
  it.each(CASES)('has the values of the whole volume: %s', async (_, size, layers, chainEnd) => {
    const before = tf.memory().numTensors;
    const own = network(size, layers());
    const constants = placeConstants(own, 'test');
    const net = networkOf(own, constants);
    const { graph, stages } = net;
    const volume = () => tf.randomNormal([1, ...size, 1], 0, 1, 'float32', 7);
    const whole = await forward(net, volume(), new TaskYielder(), KEEP_ALL);
    for (const slices of [1, 2, 3, 5, 100]) {
      const cut = await forward(net, volume(), new TaskYielder(), {
        ...KEEP_ALL,
        chainEnd,
        slices,
      });
      for (const { node } of stages.slice(1, chainEnd)) expect(cut[node]).toBeNull();
      for (const { node } of stages.slice(chainEnd)) {
        const [actual, expected] = [cut, whole].map(
          (values) => values[node]!.dataSync() as Float32Array,
        );
        const worst = actual.reduce((w, value, i) => Math.max(w, Math.abs(value - expected[i])), 0);
        // Sums of the same terms; only which of them share a vector may differ.
        expect(worst, graph.nodes[node].name).toBeLessThan(1e-6);
        expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.01);
      }
      disposeAll(cut);
    }
    disposeAll(whole);
    constants.dispose();
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
    const graph = build(edge);
    const net = { graph, stages: stagesOf(graph) };
    return { net, plan: () => planMemory(net, limits) };
  };

  it('keeps every layer where they fit, else runs the first block in slabs', () => {
    expect(plan(40, WASM_MEMORY).plan()).toEqual(KEEP_ALL);
    const { chainEnd, slices } = plan(220, WASM_MEMORY).plan();
    expect(chainEnd).toBe(3);
    expect(slices).toBe(16); // of 110; 192 MiB of 1300
  });

  it('lets no value outgrow the buffers of a graphics device, nor a slab with what is around it', () => {
    const device = (mebibytes: number, buffer = mebibytes) =>
      memoryOf({
        maxStorageBufferBindingSize: mebibytes * 2 ** 20,
        maxBufferSize: buffer * 2 ** 20,
      });
    expect(device(2048).total).toBe(2 ** 31);
    expect(plan(80, device(1024)).plan()).toEqual(KEEP_ALL);
    // 244 MiB for conv3: the chain continues to pool2.
    const split = plan(200, device(128, 2048)).plan();
    expect(split.chainEnd).toBe(5);
    const slice = 200 * 200 * 32 * 4;
    const around = 4 * split.slices + 2 * (1 + 1 + 2);
    expect(split.slices).toBeGreaterThan(1);
    expect(around * slice).toBeLessThan(2 ** 27);
    expect(plan(200, device(1024)).plan().chainEnd).toBe(3);
    expect(() => plan(200, device(32, 2048)).plan()).toThrow(
      /^Layer conv1 \(200 x 200 x 200 x 32\) takes \d+ MiB at a time, more than the 32 MiB .* voxels along each edge, or backend wasm\.$/,
    );
  });

  it('names the layers that are not kept, and those that are', () => {
    const { net, plan: make } = plan(220, WASM_MEMORY);
    const id = (name: string) => net.graph.nodes.findIndex((node) => node.name === name);
    const made = make();
    expect(() => assertKept(net, made, id('pool1'))).not.toThrow();
    expect(() => assertKept(net, made, id('input'))).toThrow();
    expect(() => assertKept(net, made, id('conv2'))).toThrow(
      /Layer conv2 \(220 x 220 x 220 x 32, 1300 MiB\) .* volume of 220 x 220 x 220 voxels .* accepted: pool1, conv3, pool2\.$/,
    );
  });

  it('says which size would fit where nothing does', () => {
    const residual = (edge: number) => {
      const graph = testGraph([edge, edge, edge, 1], (net, x) => {
        const a = net.chain(x, conv('a', 32));
        const sum = net.add('Add', { name: 'sum' }, a, net.chain(a, conv('b', 32)));
        return net.chain(sum, average(), dense(3));
      });
      return { graph, stages: stagesOf(graph) };
    };
    const message =
      /Layer a \(200 x 200 x 200 x 32\) .* need 4914 MiB of memory, more than the 3072 MiB .* at most 171 voxels along each edge\.$/;
    expect(() => planMemory(residual(200), WASM_MEMORY)).toThrow(message);
    expect(planMemory(residual(152), WASM_MEMORY)).toEqual(KEEP_ALL);
  });
});

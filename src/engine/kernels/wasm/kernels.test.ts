import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Adam } from '../../train/adam.ts';
import { enableRelaxedSimd, hasRelaxedSimd } from '../../relaxed-simd.ts';
import { registerCpuKernels } from '../cpu-kernels.ts';
import {
  CONV_CASES,
  type ConvCase,
  convolution,
  convolutionTwin,
  finiteDifferenceError,
  convGradients,
  fusedLayer,
  otherProducts,
  products,
  randomCases,
} from '../../../testing/kernel-cases.ts';
import { BOUND, difference, random, results } from '../../../testing/tensors.ts';
import type { KernelRuntime } from './runtime.ts';
import { startRuntime } from './testing.ts';
import { registerWasmKernels } from './wasm-kernels.ts';

registerCpuKernels();

/** Runs the same computation on the `cpu` twin and on `wasm` and compares. */
async function compare(make: () => tf.Tensor[], twin = make, name?: string): Promise<void> {
  const expected = await results('cpu', twin);
  const actual = await results('wasm', make);
  for (const [i, values] of actual.entries())
    expect(difference(values, expected[i]), name).toBeLessThan(BOUND);
}

it('Node compiles relaxed SIMD once asked to', () => {
  enableRelaxedSimd();
  expect(hasRelaxedSimd()).toBe(true);
});

describe.each([
  ['relaxed SIMD', true],
  ['plain SIMD', false],
])('wasm kernels with %s', (_, relaxed) => {
  let runtime: KernelRuntime;

  beforeAll(async () => {
    const started = await startRuntime(2, relaxed);
    runtime = started.runtime;
    registerWasmKernels(started.backend, runtime);
  });

  afterAll(() => {
    runtime.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });

  const cases: ConvCase[] = [
    ['Winograd, even sizes', [2, 6, 8, 10, 16], [3, 3, 3], 32, [1, 1, 1], 'same', [1, 1, 1]],
    ['Winograd, odd sizes', [1, 7, 9, 11, 24], [3, 3, 3], 16, [1, 1, 1], 'same', [1, 1, 1]],
    ['Winograd, valid', [1, 12, 11, 9, 16], [3, 3, 3], 16, [1, 1, 1], 'valid', [1, 1, 1]],
    ['Winograd, several chunks', [1, 14, 14, 14, 16], [3, 3, 3], 16, [1, 1, 1], 'same', [1, 1, 1]],
    ['few voxels, many channels', [1, 2, 2, 2, 96], [3, 3, 3], 136, [1, 1, 1], 'same', [1, 1, 1]],
    ['3^3, stride 2', [1, 3, 3, 3, 72], [3, 3, 3], 100, [2, 2, 2], 'same', [1, 1, 1]],
    ['small volumes, stride 2', [7, 3, 4, 3, 20], [3, 3, 3], 24, [2, 2, 2], 'same', [1, 1, 1]],
    ['small volumes, Winograd', [9, 4, 4, 4, 16], [3, 3, 3], 24, [1, 1, 1], 'same', [1, 1, 1]],
    ['small volumes, 1x1x1', [5, 4, 4, 4, 24], [1, 1, 1], 20, [2, 2, 2], 'same', [1, 1, 1]],
    ['few channels, in eights', [2, 7, 6, 9, 3], [3, 2, 3], 16, [2, 1, 1], 'same', [1, 1, 1]],
    ['few channels, dilated', [1, 7, 6, 9, 2], [2, 3, 2], 8, [1, 1, 1], 'same', [2, 1, 3]],
  ];
  it.each([...CONV_CASES, ...cases])('conv3d and both gradients: %s', async (...given) => {
    await compare(
      () => convolution(given),
      () => convolutionTwin(given),
    );
  });

  it('conv3d and both gradients on 60 random shapes', async () => {
    for (const given of randomCases(12345, 60)) {
      await compare(
        () => convolution(given),
        () => convolutionTwin(given),
        given[0],
      );
    }
  });

  it.each([
    ['relu', 3, 9],
    ['linear', 3, 9],
    ['relu', 16, 24],
  ] as const)(
    'fused layer (bias, %s) and its gradients, %d to %d channels',
    async (activation, cin, filters) => {
      await compare(() => fusedLayer(activation, cin, filters));
    },
  );

  it('the gradient agrees with finite differences of the loss', async () => {
    expect(await finiteDifferenceError('wasm')).toBeLessThan(2e-3);
  });

  it.each([
    [1, 7, 5],
    [1, 512, 3000],
    [3, 33, 100],
    [23, 17, 513],
    [64, 20, 8],
    [700, 30, 12],
    [5, 1, 40],
    [6, 40, 1],
  ])('matMul %d x %d over %d, all transpositions', async (m, n, k) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true])
        await compare(() => products(m, n, k, transposeA, transposeB));
    }
  });

  it('products of batches and other activations still work', async () => {
    await compare(otherProducts);
  });

  it('a copy shares its data and outlives what it was made from', async () => {
    const [values] = await results('wasm', () => {
      const x = tf.tensor1d([1, 2, 3]);
      const copy = tf.clone(x);
      x.dispose();
      return [tf.add(copy, 1)];
    });
    expect([...values]).toEqual([2, 3, 4]);
  });

  describe.each([
    ['direct', [2, 2, 2, 2, 24], 40],
    ['Winograd', [1, 6, 6, 6, 24], 16],
  ] as const)('a filter used again, %s', (_kind, shape, cout) => {
    const filterShape = [3, 3, 3, shape[4], cout];
    const draw = (seed: number) => random(filterShape, seed);
    const variable = (seed: number) => tf.tidy(() => tf.variable(draw(seed)));
    const drawn = (seed: number) => tf.tidy(() => draw(seed).dataSync() as Float32Array);
    const backend = () => tf.backend() as BackendWasm;
    /** y and dx with a filter. */
    const use = (filter: tf.Tensor) =>
      tf.tidy(() => {
        const x = random(shape, 1) as tf.Tensor5D;
        const y = tf.conv3d(x, filter as tf.Tensor5D, 1, 'same');
        const one = [1, 1, 1];
        const attributes = { strides: one, pad: 'same', dilations: one } as const;
        const [dx] = convGradients(x, filter, tf.mul(y, 2), attributes);
        return [y, dx].flatMap((result) => [...result.dataSync()]);
      });
    const expected = async (values: Float32Array) => {
      await tf.setBackend('cpu');
      const filter = tf.tensor(values, filterShape);
      const result = use(filter);
      filter.dispose();
      await tf.setBackend('wasm');
      return Float32Array.from(result);
    };
    const expectUse = async (filter: tf.Tensor) => {
      const values = (await filter.data()) as Float32Array;
      const twin = await expected(values.slice());
      const results = [use(filter), use(filter), use(filter)];
      for (const result of results)
        expect(difference(Float32Array.from(result), twin)).toBeLessThan(BOUND);
    };

    it('is packed once', async () => {
      const filter = draw(2);
      const ran = vi.spyOn(runtime, 'run');
      const packings = () => ran.mock.calls.filter(([name]) => /Filter$/.test(name)).length;
      const first = use(filter);
      expect(packings()).toBe(2);
      expect(use(filter)).toEqual(first);
      expect(packings()).toBe(2);
      ran.mockRestore();
      await expectUse(filter);
      filter.dispose();
    });

    it('is repacked after a step of Adam changed it in place', async () => {
      const filter = variable(3);
      const adam = new Adam([filter]);
      const gradient = draw(4);
      await expectUse(filter);
      for (let step = 0; step < 3; step++) {
        const { dataId } = filter;
        adam.apply([gradient], 0.1);
        expect(filter.dataId).toBe(dataId);
        await expectUse(filter);
      }
      adam.dispose();
      tf.dispose([filter, gradient]);
    });

    it('is not mistaken for another that lay in the same place', async () => {
      const values = [drawn(5), drawn(6)];
      const addresses = new Set<number>();
      for (let round = 0; round < 6; round++) {
        const filter = tf.tensor(values[round % 2], filterShape);
        use(filter);
        addresses.add(backend().getMemoryOffset(filter.dataId));
        await expectUse(filter);
        filter.dispose();
      }
      expect(addresses.size).toBeLessThan(6);
    });

    it('is not mistaken for a new value of its variable, nor after a stay on another backend', async () => {
      const filter = variable(7);
      await expectUse(filter);
      tf.tidy(() => filter.assign(draw(8)));
      await expectUse(filter);
      await tf.setBackend('cpu');
      tf.tidy(() => tf.add(filter, 1).dataSync());
      await tf.setBackend('wasm');
      await expectUse(filter);
      filter.dispose();
    });
  });
});

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { AppError } from '../../../core/errors.ts';
import { createWebgpu } from '../../backends/webgpu.ts';
import type { Shape5 } from '../geometry.ts';
import { registerCpuKernels } from '../cpu-kernels.ts';
import {
  CONV_CASES,
  convolution,
  convolutionTwin,
  finiteDifferenceError,
  fusedLayer,
  maxPooling,
  otherProducts,
  type Pad,
  POOL_CASES,
  poolGradient,
  products,
  randomCases,
} from '../../../testing/kernel-cases.ts';
import { BOUND, difference, random, results } from '../../../testing/tensors.ts';
import { FORMS, type Form, formOf } from './form.ts';
import { assertBindable, slices, withinLimit } from './program.ts';
import { describeOnGpu, installNodeGpu } from '../../../testing/gpu.ts';
import { registerWebgpuKernels } from './webgpu-kernels.ts';

// Compiling shaders on a busy processor takes its time.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

registerCpuKernels();
const gpu = await installNodeGpu();
type Window = [number, number, number];
let comparisons = 0;
let form: Form = FORMS.direct;

// As the engine makes it.
if (gpu.adapter) await createWebgpu().start();

/** Runs the same computation on the `cpu` twin and on the graphics device, and compares. */
async function compare(make: () => tf.Tensor[], twin = make): Promise<void> {
  const expected = await results('cpu', twin);
  const actual = await results('webgpu', make);
  actual.forEach((values, i) => {
    expect(difference(values, expected[i])).toBeLessThan(BOUND);
    comparisons++;
  });
}

describeOnGpu(gpu, 'webgpu kernels', () => {
  let tensors = 0;

  beforeAll(async () => {
    await tf.setBackend('webgpu');
    registerWebgpuKernels(() => form);
    tensors = tf.memory().numTensors;
  });

  afterAll(() => {
    console.log(`webgpu kernels: ${comparisons} GPU comparisons on ${gpu.adapter}`);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  describe.each(['direct', 'tiled'] as const)('%s', (chosen) => {
    beforeAll(() => {
      form = FORMS[chosen];
    });

    // Software drivers take about a second to compile each tiled shader.
    const FEW = /^(3x3x3 same|full tiles|several channel blocks|stride 2|dilated)$/;
    const few = CONV_CASES.filter(([name]) => FEW.test(name));
    it.each(chosen === 'direct' ? CONV_CASES : few)(
      'conv3d and gradients: %s',
      async (...given) => {
        await compare(
          () => convolution(given),
          () => convolutionTwin(given),
        );
      },
    );

    it('conv3d and gradients on random shapes', async () => {
      for (const given of randomCases(4711, chosen === 'direct' ? 6 : 1)) {
        await compare(
          () => convolution(given),
          () => convolutionTwin(given),
        );
      }
    });

    it('work split into several runs gives the same', async () => {
      form = { ...FORMS[chosen], mostWork: 20_000 }; // of about 400,000 multiply-adds
      // tfjs hands over every 15 runs by itself: let that fall on one of these.
      for (const before of [12, 13, 14]) {
        await compare(() => {
          let x = random([2, 5, 6, 7, 4], 60);
          for (let i = 0; i < before; i++) x = tf.neg(x);
          return convolution(['', [2, 5, 6, 7, 4], [3, 3, 3], 9, [1, 1, 1], 'same', [1, 1, 1]]);
        });
      }
      form = FORMS[chosen];
    });

    it('fused layer (bias, ReLU) and its gradients', async () => {
      const activations = ['relu', 'linear'] as const;
      for (const activation of chosen === 'direct' ? activations : activations.slice(0, 1)) {
        await compare(() => fusedLayer(activation, 3, 9));
      }
    });
  });

  // The gradients by smaller tiles are compared above, and compiling these takes long.
  it.each([
    ['tiles of 128 by 32', 4, 17],
    ['tiles of 128 by 64', 3, 36],
  ])('the largest tiles, which only large volumes get: %s', async (_, cin, cout) => {
    const { workgroups } = FORMS.tiled;
    form = { ...FORMS.tiled, workgroups: { ...workgroups, convolution: 1 } };
    await compare(() => {
      const x = random([1, 3, 8, 8, cin], 1) as tf.Tensor5D;
      return [tf.conv3d(x, random([1, 1, 2, cin, cout], 2) as tf.Tensor5D, 1, 'same')];
    });
  });

  it('covers more elements than workgroups fit in one row of the dispatch', async () => {
    await tf.setBackend('webgpu');
    const x = random([1, 42, 320, 320, 1], 70) as tf.Tensor5D;
    expect(x.size / 64).toBeGreaterThan(65535);
    const dy = random(x.shape, 71);
    const attributes = { filterSize: 1, strides: 1, pad: 'valid' } as const;
    const [y, dx] = await results('webgpu', () => [
      tf.avgPool3d(x, 1, 1, 'valid'),
      poolGradient('avg', x, x, dy, attributes),
    ]);
    expect(difference(y, (await x.data()) as Float32Array)).toBe(0);
    expect(difference(dx, (await dy.data()) as Float32Array)).toBe(0);
    comparisons += 2;
    tf.dispose([x, dy]);
  });

  it.each(POOL_CASES)('max pooling and its gradient: %s', async (...given) => {
    await compare(() => maxPooling(given));
  });

  it.each([
    ['2/2', [2, 6, 4, 8, 5], 2, 2, 'valid'],
    ['odd sizes, same', [1, 7, 5, 9, 4], 2, 2, 'same'],
    ['overlapping 3/2', [1, 9, 8, 7, 3], 3, 2, 'same'],
    ['overlapping 3/1', [2, 5, 6, 5, 1], 3, 1, 'valid'],
    ['stride above the window', [1, 9, 8, 9, 2], 2, 3, 'valid'],
    ['the whole volume', [2, 4, 5, 6, 7], [4, 5, 6], [4, 5, 6], 'valid'],
  ] as [string, Shape5, number | Window, number | Window, Pad][])(
    'average pooling and its gradient: %s',
    async (_, shape, size, stride, pad) => {
      await compare(() => {
        const x = random(shape, 42) as tf.Tensor5D;
        const y = tf.avgPool3d(x, size, stride, pad);
        const dy = tf.randomUniform(y.shape, -1, 1, 'float32', 43);
        const attributes = { filterSize: size, strides: stride, pad };
        return [y, poolGradient('avg', x, y, dy, attributes)];
      });
    },
  );

  it.each<[number[], number | number[], boolean]>([
    [[2, 5, 6, 7, 9], [1, 2, 3], false],
    [[1, 8, 9, 10, 3], [-2, -4, -3], true],
    [[700, 5], 0, false],
    [[3, 4, 5], [1, 2], false], // the last axis: tfjs's own kernel
    [[3, 4, 5], [0, 2], true],
  ])('sum and mean of %j over %j', async (shape, axis, keepDims) => {
    await compare(() => {
      const x = random(shape, 50);
      return [tf.sum(x, axis, keepDims), tf.mean(x, axis, keepDims)];
    });
  });

  it.each<[number[], number[]]>([
    [[2, 3, 4, 5, 6], [6]],
    [
      [2, 3, 4, 5, 8],
      [1, 1, 1, 1, 8],
    ],
    [
      [2, 3, 4, 5, 6],
      [2, 3, 4, 5, 6],
    ],
    [[2, 3, 4, 5, 6], []],
    [[2, 3, 4, 5, 6], [1]],
    [
      [2, 3, 4, 5, 6],
      [2, 1, 1, 1, 6],
    ],
    [[2, 3, 4, 2, 2, 6], [6]],
    [[6], [1, 1, 1, 1, 6]],
  ])('elementwise %j with %j', async (one, other) => {
    await compare(() => {
      const a = random(one, 51);
      const b = tf.add(random(other, 52), 2);
      const pairs: [tf.Tensor, tf.Tensor][] = [
        [a, b],
        [b, a],
      ];
      return pairs.flatMap(([x, y]) => [
        tf.sub(x, y),
        tf.div(x, tf.add(tf.abs(y), 1)),
        tf.maximum(x, y),
        tf.cast(tf.less(x, y), 'float32'),
      ]);
    });
  });

  it('a tie in max pooling goes to the first voxel of the window', async () => {
    const [gradient] = await results('webgpu', () => {
      const [x, y] = [tf.zeros([1, 4, 4, 4, 1]), tf.zeros([1, 2, 2, 2, 1])];
      const dy = tf.reshape(tf.range(1, 9), [1, 2, 2, 2, 1]);
      const attributes = { filterSize: 2, strides: 2, pad: 'valid' } as const;
      return [poolGradient('max', x, y, dy, attributes)];
    });
    const winners = [...gradient.entries()].filter(([, g]) => g !== 0);
    expect(winners).toEqual([0, 2, 8, 10, 32, 34, 40, 42].map((at, i) => [at, i + 1]));
    comparisons++;
  });

  it('the gradient agrees with finite differences of the loss', async () => {
    for (form of Object.values(FORMS)) {
      expect(await finiteDifferenceError('webgpu')).toBeLessThan(2e-3);
      comparisons++;
    }
  });

  it.each([
    [1, 7, 5],
    [1, 40, 300],
    [23, 17, 213],
    [5, 1, 40],
    [6, 40, 1],
  ])('matMul %d x %d over %d on a software driver', async (m, n, k) => {
    form = FORMS.direct;
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      await compare(() => products(m, n, k, transposeA, transposeB));
    }
  });

  it('products of batches and other activations still work', async () => {
    form = FORMS.direct;
    await compare(otherProducts);
  });
});

describe('limits of a device', () => {
  const device = (limits: object) =>
    ({ device: { limits } }) as unknown as Parameters<typeof assertBindable>[0];

  it('refuses what a shader cannot see, with the size that fits', () => {
    const small = device({ maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 });
    expect(() => assertBindable(small, [1, 100, 100, 100, 32])).not.toThrow();
    expect(() => assertBindable(small, [1, 200, 200, 200, 32])).toThrow(AppError);
    expect(() => assertBindable(small, [1, 200, 200, 200, 32])).toThrow(
      /977 MiB, more than the 128 MiB .* at most 101 x 101 x 101 voxels/,
    );
  });

  it('spreads workgroups over the dimensions of the dispatch', () => {
    expect(withinLimit([100, 1, 1], 100)).toEqual([100, 1, 1]);
    expect(withinLimit([7, 200, 1], 100)).toEqual([7, 200, 1]);
    for (const total of [101, 9_999, 10_000, 10_001, 123_456, 1_000_000]) {
      const groups = withinLimit([total, 1, 1], 100);
      expect(Math.max(...groups)).toBeLessThanOrEqual(100);
      const made = groups.reduce((a, b) => a * b);
      expect(made).toBeGreaterThanOrEqual(total);
      expect(made).toBeLessThan(total * 1.1 + 100);
    }
  });

  it('parts work into runs within the dispatch limit', () => {
    const backend = device({ maxComputeWorkgroupsPerDimension: 100 });
    expect(slices(backend, 230, 1e9)).toEqual([
      { start: 0, count: 100 },
      { start: 100, count: 100 },
      { start: 200, count: 30 },
    ]);
    expect(slices(backend, 3, 0.2).length).toBe(3);
  });
});

describe('choice of the form', () => {
  const named = (adapterInfo: object) =>
    formOf({ device: { adapterInfo } } as unknown as WebGPUBackend).name;

  it('is direct on drivers that compute on the processor', () => {
    expect(named({ vendor: 'google', architecture: 'swiftshader' })).toBe('direct');
    expect(named({ vendor: 'mesa', description: 'llvmpipe (LLVM 17)' })).toBe('direct');
    expect(named({ vendor: 'nvidia', architecture: 'ampere' })).toBe('tiled');
  });
});

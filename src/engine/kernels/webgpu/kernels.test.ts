import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { installFusedConv3D } from '../fused-conv3d.ts';
import type { Shape5 } from '../geometry.ts';
import { MOST_WORK, type Variant } from './conv.ts';
import { assertBindable, slices } from './program.ts';
import { registerWebgpuKernels, variantOf } from './register.ts';
import { installNodeGpu } from './testing.ts';

type Pad = 'same' | 'valid';
type Triple = [number, number, number];

/** Largest difference allowed per unit of the reference's maximum: sums of up to a few thousand terms. */
const BOUND = 2e-5;

const gpu = await installNodeGpu();
let comparisons = 0;
let variant: Variant = 'direct';
let mostWork: number | undefined;

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

function difference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    // Written so that NaN fails.
    if (!(Math.abs(actual[i] - expected[i]) <= worst)) worst = Math.abs(actual[i] - expected[i]);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return scale > 0 ? worst / scale : worst;
}

async function results(backend: string, make: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const tensors = tf.tidy(make);
  const values = await Promise.all(tensors.map((t) => t.data() as Promise<Float32Array>));
  tf.dispose(tensors);
  return values;
}

/** Runs the same computation on the `cpu` twin and on the graphics device, and compares. */
async function compare(make: () => tf.Tensor[], twin = make): Promise<void> {
  const expected = await results('cpu', twin);
  const actual = await results('webgpu', make);
  actual.forEach((values, i) => {
    expect(difference(values, expected[i])).toBeLessThan(BOUND);
    comparisons++;
  });
}

/** y, dx and dW of one convolution. */
function convolution(
  x: tf.Tensor5D,
  w: tf.Tensor5D,
  strides: Triple,
  pad: Pad,
  dilations: Triple = [1, 1, 1],
): tf.Tensor[] {
  const f = (a: tf.Tensor, b: tf.Tensor) =>
    tf.conv3d(a as tf.Tensor5D, b as tf.Tensor5D, strides, pad, 'NDHWC', dilations);
  const y = f(x, w);
  const dy = tf.randomUniform(y.shape, -1, 1, 'float32', 7);
  const [dx, dw] = tf.grads((a, b) => tf.sum(tf.mul(f(a, b), dy)))([x, w]);
  return [y, dx, dw];
}

if (!gpu.adapter) console.log(`webgpu kernels: 0 GPU comparisons: no adapter (${gpu.why})`);

describe.runIf(gpu.adapter)('webgpu kernels', () => {
  let tensors = 0;

  beforeAll(async () => {
    await import('@tensorflow/tfjs-backend-webgpu');
    await tf.setBackend('webgpu');
    installFusedConv3D();
    registerWebgpuKernels(() => ({ variant, mostWork: mostWork ?? MOST_WORK[variant] }));
    tensors = tf.memory().numTensors;
  });

  afterAll(() => {
    console.log(`webgpu kernels: ${comparisons} GPU comparisons on ${gpu.adapter}`);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  describe.each(['direct', 'tiled'] as const)('%s', (chosen) => {
    beforeAll(() => {
      variant = chosen;
    });

    const cases: [string, Shape5, number[], number, Triple, Pad][] = [
      ['3x3x3 same', [1, 6, 7, 8, 3], [3, 3, 3], 5, [1, 1, 1], 'same'],
      ['one channel in', [2, 5, 5, 5, 1], [3, 3, 3], 9, [1, 1, 1], 'same'],
      ['one channel out', [1, 4, 5, 6, 7], [3, 3, 3], 1, [1, 1, 1], 'same'],
      ['full tiles', [1, 5, 5, 12, 16], [3, 3, 3], 32, [1, 1, 1], 'valid'],
      ['several channel blocks', [1, 2, 3, 11, 4], [2, 1, 3], 68, [1, 1, 1], 'same'],
      ['stride 2', [2, 7, 8, 9, 4], [3, 3, 3], 6, [2, 2, 2], 'same'],
      ['stride 3, 2, 1, valid', [1, 10, 9, 8, 3], [4, 3, 2], 8, [3, 2, 1], 'valid'],
      ['1x1x1', [1, 3, 4, 5, 12], [1, 1, 1], 10, [1, 1, 1], 'same'],
      ['even kernel', [1, 5, 6, 7, 2], [2, 4, 2], 3, [1, 1, 1], 'same'],
      ['kernel larger than the volume', [1, 2, 3, 2, 2], [5, 5, 5], 3, [1, 1, 1], 'same'],
      ['stride above the kernel', [1, 9, 9, 9, 2], [2, 2, 2], 3, [4, 4, 4], 'valid'],
      ['7x7x7 stem, stride 2', [1, 9, 8, 9, 1], [7, 7, 7], 4, [2, 2, 2], 'same'],
    ];
    // Enough voxels for the largest tiles; few terms, as the twin is slow.
    const large: typeof cases = [
      ['tiles of 128 voxels by 32', [1, 16, 32, 32, 4], [1, 1, 2], 17, [1, 1, 1], 'same'],
      ['tiles of 128 voxels by 64', [1, 16, 32, 32, 3], [1, 1, 2], 36, [1, 1, 1], 'same'],
    ];
    // Software drivers take about a second to compile each tiled shader.
    const few = [cases[0], cases[3], cases[4], cases[5], ...large];
    const chosenCases = chosen === 'direct' ? cases : few;
    it.each(chosenCases)(
      'conv3d and gradients: %s',
      async (_, shape, kernel, cout, strides, pad) => {
        await compare(() => {
          const x = random(shape, 1) as tf.Tensor5D;
          const w = random([...kernel, shape[4], cout], 2) as tf.Tensor5D;
          return convolution(x, w, strides, pad);
        });
      },
    );

    it('conv3d and gradients on random shapes', async () => {
      let state = 4711;
      const pick = (from: number, to: number) => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return from + (state % (to - from + 1));
      };
      for (let i = 0; i < (chosen === 'direct' ? 6 : 2); i++) {
        const shape: Shape5 = [pick(1, 2), pick(3, 8), pick(3, 8), pick(3, 14), pick(1, 20)];
        const kernel = [pick(1, 3), pick(1, 3), pick(1, 3)];
        const strides: Triple = [pick(1, 3), pick(1, 3), pick(1, 3)];
        const cout = pick(1, 20);
        const pad: Pad = pick(0, 1) ? 'same' : 'valid';
        await compare(() =>
          convolution(
            random(shape, i) as tf.Tensor5D,
            random([...kernel, shape[4], cout], i + 100) as tf.Tensor5D,
            strides,
            pad,
          ),
        );
      }
    });

    it('dilation equals the convolution with the spread-out filter', async () => {
      for (const pad of chosen === 'direct' ? (['same', 'valid'] as const) : (['same'] as const)) {
        const x = () => random([1, 7, 8, 9, 3], 3) as tf.Tensor5D;
        const w = () => random([3, 2, 3, 3, 4], 4) as tf.Tensor5D;
        // Zeros between the taps: [3, 2, 3] with dilation [2, 3, 1] covers [5, 4, 3].
        const spread = (filter: tf.Tensor5D) => {
          const buffer = tf.buffer([5, 4, 3, 3, 4]);
          const values = filter.bufferSync();
          for (let z = 0; z < 3; z++)
            for (let y = 0; y < 2; y++)
              for (let k = 0; k < 3; k++)
                for (let i = 0; i < 3; i++)
                  for (let o = 0; o < 4; o++)
                    buffer.set(values.get(z, y, k, i, o), 2 * z, 3 * y, k, i, o);
          return buffer.toTensor() as tf.Tensor5D;
        };
        await compare(
          () => convolution(x(), w(), [1, 1, 1], pad, [2, 3, 1]),
          () => {
            const [y, dx, dw] = convolution(x(), spread(w()), [1, 1, 1], pad);
            return [y, dx, tf.stridedSlice(dw, [0, 0, 0, 0, 0], dw.shape, [2, 3, 1, 1, 1])];
          },
        );
      }
    });

    it('work parted into several runs gives the same', async () => {
      mostWork = 20_000; // of about 400,000 multiply-adds
      // tfjs hands over every 15 runs by itself: let that fall on one of these.
      for (const before of [12, 13, 14]) {
        await compare(() => {
          let x = random([2, 5, 6, 7, 4], 60);
          for (let i = 0; i < before; i++) x = tf.neg(x);
          const w = random([3, 3, 3, 4, 9], 61) as tf.Tensor5D;
          return convolution(x as tf.Tensor5D, w, [1, 1, 1], 'same');
        });
      }
      mostWork = undefined;
    });

    it('fused layer (bias, ReLU) and its gradients', async () => {
      const activations = ['relu', 'linear', 'tanh'] as const;
      for (const activation of chosen === 'direct' ? activations : activations.slice(0, 1)) {
        await compare(() => {
          const layer = layers.conv3d({ filters: 9, kernelSize: 3, padding: 'same', activation });
          const x = random([2, 5, 6, 4, 3], 5);
          layer.apply(x);
          layer.setWeights([random([3, 3, 3, 3, 9], 6), random([9], 8)]);
          const dy = random([2, 5, 6, 4, 9], 9);
          const weights = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
          const f = () => tf.sum(tf.mul(layer.apply(x) as tf.Tensor, dy)) as tf.Scalar;
          const { grads } = tf.variableGrads(f, weights);
          const dx = tf.grad((input) => tf.sum(tf.mul(layer.apply(input) as tf.Tensor, dy)))(x);
          const made = [layer.apply(x) as tf.Tensor, dx, ...weights.map((w) => grads[w.name])];
          for (const weight of weights) weight.dispose();
          return made;
        });
      }
    });
  });

  it.each([
    ['2/2', [2, 6, 6, 6, 9], 2, 2, 'valid'],
    ['odd sizes, same', [1, 7, 5, 9, 4], 2, 2, 'same'],
    ['overlapping 3/2', [1, 9, 8, 7, 5], 3, 2, 'same'],
    ['overlapping 3/1', [1, 5, 5, 5, 8], 3, 1, 'valid'],
    ['stride above the window', [1, 9, 8, 9, 2], 2, 3, 'valid'],
  ] as [string, Shape5, number, number, Pad][])(
    'max pooling and its gradient: %s',
    async (_, shape, size, stride, pad) => {
      await compare(() => {
        const x = random(shape, 40) as tf.Tensor5D;
        const f = (input: tf.Tensor) => tf.maxPool3d(input as tf.Tensor5D, size, stride, pad);
        const y = f(x);
        const dy = tf.randomUniform(y.shape, -1, 1, 'float32', 41);
        return [y, tf.grad((input) => tf.sum(tf.mul(f(input), dy)))(x)];
      });
    },
  );

  it.each([
    ['2/2', [2, 6, 4, 8, 5], 2, 2, 'valid'],
    ['odd sizes, same', [1, 7, 5, 9, 4], 2, 2, 'same'],
    ['overlapping 3/2', [1, 9, 8, 7, 3], 3, 2, 'same'],
    ['overlapping 3/1', [2, 5, 6, 5, 1], 3, 1, 'valid'],
    ['stride above the window', [1, 9, 8, 9, 2], 2, 3, 'valid'],
    ['the whole volume', [2, 4, 5, 6, 7], [4, 5, 6], [4, 5, 6], 'valid'],
  ] as [string, Shape5, number | Triple, number | Triple, Pad][])(
    'average pooling and its gradient: %s',
    async (_, shape, size, stride, pad) => {
      await compare(() => {
        const x = random(shape, 42) as tf.Tensor5D;
        const f = (input: tf.Tensor) => tf.avgPool3d(input as tf.Tensor5D, size, stride, pad);
        const y = f(x);
        const dy = tf.randomUniform(y.shape, -1, 1, 'float32', 43);
        return [y, tf.grad((input) => tf.sum(tf.mul(f(input), dy)))(x)];
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
      const pool = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, 'valid');
      const dy = tf.reshape(tf.range(1, 9), [1, 2, 2, 2, 1]);
      return [tf.grad(pool)(tf.zeros([1, 4, 4, 4, 1]), dy)];
    });
    const winners = [...gradient.entries()].filter(([, g]) => g !== 0);
    expect(winners).toEqual([0, 2, 8, 10, 32, 34, 40, 42].map((at, i) => [at, i + 1]));
    comparisons++;
  });

  it('the gradient agrees with finite differences of the loss', async () => {
    for (variant of ['direct', 'tiled'] as const) {
      await tf.setBackend('webgpu');
      const x = random([1, 4, 4, 4, 2], 11) as tf.Tensor5D;
      const w = random([3, 3, 3, 2, 3], 12);
      // Quadratic in each weight, so that central differences are exact but for rounding.
      const loss = (filter: tf.Tensor) =>
        tf.sum(tf.square(tf.conv3d(x, filter as tf.Tensor5D, 1, 'same')));
      const gradient = tf.tidy(() => tf.grad(loss)(w));
      const analytic = await gradient.data();
      const values = (await w.data()).slice() as Float32Array;
      for (const at of [0, 80, 161]) {
        const shifted: number[] = [];
        for (const step of [1e-1, -1e-1]) {
          const moved = values.slice();
          moved[at] += step;
          const value = tf.tidy(() => loss(tf.tensor(moved, w.shape)));
          shifted.push((await value.data())[0]);
          value.dispose();
        }
        const numeric = (shifted[0] - shifted[1]) / 2e-1;
        expect(Math.abs(numeric - analytic[at])).toBeLessThan(2e-3 * Math.abs(analytic[at]) + 2e-2);
        comparisons++;
      }
      tf.dispose([x, w, gradient]);
    }
  });

  it.each([
    [1, 7, 5],
    [1, 40, 300],
    [23, 17, 213],
    [5, 1, 40],
    [6, 40, 1],
  ])('matMul %d x %d over %d on a software driver', async (m, n, k) => {
    variant = 'direct';
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      await compare(() => {
        const a = random(transposeA ? [k, m] : [m, k], 20);
        const b = random(transposeB ? [n, k] : [k, n], 21);
        const bias = random([n], 22);
        return [
          tf.matMul(a, b, transposeA, transposeB),
          tf.fused.matMul({ a, b, bias, transposeA, transposeB, activation: 'relu' }),
        ] as tf.Tensor[];
      });
    }
  });

  it('products of batches and other activations still work', async () => {
    variant = 'direct';
    await compare(() => {
      const a = random([3, 4, 5], 30);
      const b = random([3, 5, 6], 31);
      const fused = tf.fused.matMul({
        a: random([4, 5], 32) as tf.Tensor2D,
        b: random([5, 6], 33) as tf.Tensor2D,
        activation: 'sigmoid',
      });
      return [tf.matMul(a, b), fused] as tf.Tensor[];
    });
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

describe('choice of variant', () => {
  const backend = (adapterInfo: object) =>
    ({ device: { adapterInfo } }) as unknown as Parameters<typeof variantOf>[0];

  it('is direct on drivers that compute on the processor', () => {
    expect(variantOf(backend({ vendor: 'google', architecture: 'swiftshader' }))).toBe('direct');
    expect(variantOf(backend({ vendor: 'mesa', description: 'llvmpipe (LLVM 17)' }))).toBe(
      'direct',
    );
    expect(variantOf(backend({ vendor: 'nvidia', architecture: 'ampere' }))).toBe('tiled');
  });
});

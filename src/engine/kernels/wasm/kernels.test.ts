import { execFileSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enableRelaxedSimd, hasRelaxedSimd } from '../../relaxed-simd.ts';
import { installFusedConv3D } from '../fused-conv3d.ts';
import { registerWasmKernels } from './register.ts';
import { KernelRuntime } from './runtime.ts';

type Shape5 = [number, number, number, number, number];
type Pad = 'same' | 'valid';
type Triple = [number, number, number];

/** Largest difference allowed per unit of the reference's maximum: sums of up to a few thousand terms. */
const BOUND = 2e-5;

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

function difference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return scale > 0 ? worst / scale : worst;
}

/** Runs the same computation on the `cpu` twin and on `wasm` and compares. */
async function compare(make: () => tf.Tensor[]): Promise<void> {
  const results: Float32Array[][] = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const tensors = tf.tidy(make);
    results.push(tensors.map((tensor) => tensor.dataSync() as Float32Array));
    tf.dispose(tensors);
  }
  results[1].forEach((actual, i) => {
    expect(difference(actual, results[0][i])).toBeLessThan(BOUND);
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

it('Node compiles relaxed SIMD once asked to', () => {
  enableRelaxedSimd();
  expect(hasRelaxedSimd()).toBe(true);
});

it('the committed module is what the sources compile to', () => {
  execFileSync('node', ['scripts/build-kernels.mjs', '--check'], { stdio: 'pipe' });
});

describe.each([
  ['relaxed SIMD', true],
  ['plain SIMD', false],
])('wasm kernels with %s', (_, relaxed) => {
  let runtime: KernelRuntime;

  beforeAll(async () => {
    enableRelaxedSimd();
    await tf.setBackend('wasm');
    await tf.ready();
    installFusedConv3D();
    runtime = await KernelRuntime.create(2, relaxed);
    registerWasmKernels(runtime);
  });

  afterAll(() => {
    runtime.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });

  const cases: [string, Shape5, number[], number, Triple, Pad][] = [
    ['3x3x3 same', [1, 6, 7, 8, 3], [3, 3, 3], 5, [1, 1, 1], 'same'],
    ['one channel in', [2, 5, 5, 5, 1], [3, 3, 3], 9, [1, 1, 1], 'same'],
    ['one channel out', [1, 4, 5, 6, 7], [3, 3, 3], 1, [1, 1, 1], 'same'],
    ['full tiles', [1, 6, 6, 6, 16], [3, 3, 3], 16, [1, 1, 1], 'valid'],
    ['stride 2', [2, 7, 8, 9, 4], [3, 3, 3], 6, [2, 2, 2], 'same'],
    ['stride 3, 2, 1, valid', [1, 10, 9, 8, 3], [4, 3, 2], 8, [3, 2, 1], 'valid'],
    ['1x1x1', [1, 3, 4, 5, 12], [1, 1, 1], 10, [1, 1, 1], 'same'],
    ['even kernel', [1, 5, 6, 7, 2], [2, 4, 2], 3, [1, 1, 1], 'same'],
    ['kernel larger than the volume', [1, 2, 3, 2, 2], [5, 5, 5], 3, [1, 1, 1], 'same'],
    ['stride above the kernel', [1, 9, 9, 9, 2], [2, 2, 2], 3, [4, 4, 4], 'valid'],
    ['Winograd, even sizes', [2, 6, 8, 10, 16], [3, 3, 3], 32, [1, 1, 1], 'same'],
    ['Winograd, odd sizes', [1, 7, 9, 11, 24], [3, 3, 3], 16, [1, 1, 1], 'same'],
    ['Winograd, valid', [1, 12, 11, 9, 16], [3, 3, 3], 16, [1, 1, 1], 'valid'],
    ['Winograd, more tiles than one chunk', [1, 18, 18, 16, 16], [3, 3, 3], 16, [1, 1, 1], 'same'],
    ['7x7x7 stem, stride 2', [1, 12, 12, 12, 1], [7, 7, 7], 8, [2, 2, 2], 'same'],
  ];
  it.each(cases)('conv3d and both gradients: %s', async (__, shape, kernel, cout, strides, pad) => {
    await compare(() => {
      const x = random(shape, 1) as tf.Tensor5D;
      const w = random([...kernel, shape[4], cout], 2) as tf.Tensor5D;
      return convolution(x, w, strides, pad);
    });
  });

  it('conv3d and both gradients on 40 random shapes', async () => {
    let state = 12345;
    const pick = (from: number, to: number) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return from + (state % (to - from + 1));
    };
    for (let i = 0; i < 40; i++) {
      const shape: Shape5 = [pick(1, 2), pick(3, 9), pick(3, 9), pick(3, 9), pick(1, 20)];
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

  it('dilated convolution and its gradients equal the convolution with the spread-out filter', async () => {
    await tf.setBackend('wasm');
    for (const pad of ['same', 'valid'] as const) {
      const x = random([1, 9, 8, 10, 3], 3) as tf.Tensor5D;
      const w = random([3, 2, 3, 3, 4], 4) as tf.Tensor5D;
      const dilations: Triple = [2, 3, 1];
      const dilated = tf.tidy(() => convolution(x, w, [1, 1, 1], pad, dilations));
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
      const plain = tf.tidy(() => {
        const [y, dx, dw] = convolution(x, spread(w), [1, 1, 1], pad);
        return [y, dx, tf.stridedSlice(dw, [0, 0, 0, 0, 0], dw.shape, [2, 3, 1, 1, 1])];
      });
      dilated.forEach((tensor, i) => {
        const actual = tensor.dataSync() as Float32Array;
        expect(difference(actual, plain[i].dataSync() as Float32Array)).toBeLessThan(BOUND);
      });
      tf.dispose([x, w, ...dilated, ...plain]);
    }
  });

  it.each([
    ['relu', 3, 9],
    ['linear', 3, 9],
    ['tanh', 3, 9],
    ['relu', 16, 24],
  ] as const)(
    'fused layer (bias, %s) and its gradients, %d to %d channels',
    async (activation, cin, filters) => {
      await compare(() => {
        const layer = layers.conv3d({ filters, kernelSize: 3, padding: 'same', activation });
        const x = random([2, 5, 6, 4, cin], 5);
        layer.apply(x);
        layer.setWeights([random([3, 3, 3, cin, filters], 6), random([filters], 8)]);
        const dy = random([2, 5, 6, 4, filters], 9);
        const weights = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
        const f = () => tf.sum(tf.mul(layer.apply(x) as tf.Tensor, dy)) as tf.Scalar;
        const { grads } = tf.variableGrads(f, weights);
        const dx = tf.grad((input) => tf.sum(tf.mul(layer.apply(input) as tf.Tensor, dy)))(x);
        const result = [layer.apply(x) as tf.Tensor, dx, ...weights.map((w) => grads[w.name])];
        for (const weight of weights) weight.dispose();
        return result;
      });
    },
  );

  it.each([
    ['2/2', [2, 6, 6, 6, 9], 2, 2, 'valid'],
    ['odd sizes, same', [1, 7, 5, 9, 4], 2, 2, 'same'],
    ['overlapping 3/2', [1, 9, 8, 7, 5], 3, 2, 'same'],
    ['overlapping 3/1', [1, 5, 5, 5, 8], 3, 1, 'valid'],
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

  it('a tie in max pooling has one winner', async () => {
    await tf.setBackend('wasm');
    const gradient = tf.tidy(() =>
      tf.grad((x) => tf.sum(tf.maxPool3d(x as tf.Tensor5D, 2, 2, 'valid')))(
        tf.zeros([1, 4, 4, 4, 5]),
      ),
    );
    const values = gradient.dataSync();
    expect(values.filter((v) => v === 1).length).toBe(8 * 5);
    expect(values.filter((v) => v === 0).length).toBe(64 * 5 - 8 * 5);
    gradient.dispose();
  });

  it('the gradient agrees with finite differences of the loss', async () => {
    await tf.setBackend('wasm');
    const x = random([1, 4, 4, 4, 2], 11) as tf.Tensor5D;
    const w = random([3, 3, 3, 2, 3], 12) as tf.Tensor5D;
    // Quadratic in each weight, so that central differences are exact but for rounding.
    const loss = (filter: tf.Tensor) =>
      tf.tidy(() => tf.sum(tf.square(tf.conv3d(x, filter as tf.Tensor5D, 1, 'same'))));
    const gradient = tf.grad(loss)(w);
    const analytic = gradient.dataSync();
    const values = w.dataSync().slice();
    for (const at of [0, 17, 80, 161]) {
      const shifted = [1e-1, -1e-1].map((step) => {
        const moved = values.slice();
        moved[at] += step;
        const filter = tf.tensor(moved, w.shape);
        const value = loss(filter);
        const result = value.dataSync()[0];
        tf.dispose([filter, value]);
        return result;
      });
      const numeric = (shifted[0] - shifted[1]) / 2e-1;
      expect(Math.abs(numeric - analytic[at])).toBeLessThan(2e-3 * Math.abs(analytic[at]) + 2e-2);
    }
    tf.dispose([x, w, gradient]);
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
      for (const transposeB of [false, true]) {
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
    }
  });

  it('products of batches and other activations still work', async () => {
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

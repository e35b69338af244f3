import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { kernelThreads, registerKernels } from './kernels.ts';

/** What a user's own program does: a strided convolution and its transposed one, with gradients. */
const program = (x: tf.Tensor5D, down: tf.Tensor5D, up: tf.Tensor5D) =>
  tf.conv3dTranspose(
    tf.relu(tf.conv3d(x, down, 2, 'same')),
    up,
    [1, 8, 8, 8, 2],
    [2, 2, 2],
    'same',
  ) as tf.Tensor5D;

const random = (shape: [number, number, number, number, number], seed: number) =>
  tf.randomUniform(shape, -1, 1, 'float32', seed) as tf.Tensor5D;

/** Each number against those of the first. */
function agree(ours: Float32Array, reference: Float32Array): void {
  expect(ours.length).toBe(reference.length);
  const scale = Math.max(...reference.map(Math.abs));
  for (let i = 0; i < ours.length; i++)
    expect(Math.abs(ours[i] - reference[i])).toBeLessThan(1e-5 * scale);
}

let inputs: [tf.Tensor5D, tf.Tensor5D, tf.Tensor5D];
let stock: Float32Array;
beforeAll(async () => {
  // Those of its wasm backend are wrong with strides.
  await tf.setBackend('cpu');
  inputs = [random([1, 8, 8, 8, 2], 1), random([3, 3, 3, 2, 4], 2), random([2, 2, 2, 2, 4], 3)];
  stock = (await program(...inputs).data()) as Float32Array;
  await tf.setBackend('wasm');
});

it('says that a backend which was started before them leaves the kernels one thread', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  await registerKernels('wasm');
  await registerKernels('wasm');
  expect(await kernelThreads()).toBe(1);
  expect(warn.mock.calls.flat()).toEqual([
    expect.stringMatching(/one thread; call registerKernels\('wasm'\) in place of tf.setBackend/),
  ]);
  warn.mockRestore();
});

describe('a program of plain TensorFlow.js', () => {
  it('gives the same numbers with these kernels', async () => {
    agree((await program(...inputs).data()) as Float32Array, stock);
  });

  it('gets gradients through transposed convolutions, as finite differences have them', async () => {
    const probe = random([1, 8, 8, 8, 2], 4);
    const score = (...given: typeof inputs) =>
      tf.sum(tf.mul(program(...given), probe)) as tf.Scalar;
    const gradients = tf.grads((x, down, up) =>
      score(x as tf.Tensor5D, down as tf.Tensor5D, up as tf.Tensor5D),
    )(inputs);
    for (const [which, gradient] of gradients.entries()) {
      const direction = random(inputs[which].shape, 10 + which);
      const step = 1e-3;
      const at = (sign: number) => {
        const moved = [...inputs] as typeof inputs;
        moved[which] = tf.add(moved[which], tf.mul(direction, sign * step)) as tf.Tensor5D;
        return score(...moved).dataSync()[0];
      };
      const along = tf.sum(tf.mul(gradient, direction)).dataSync()[0];
      expect((at(1) - at(-1)) / (2 * step) / along).toBeCloseTo(1, 2);
    }
  });

  it('normalises volumes by batch statistics', async () => {
    const y = tf.batchNorm(tf.ones([1, 16, 4, 3]), [0.5, 0, 1], [1, 4, 9]);
    const first = Array.from((await y.data()).slice(0, 3));
    for (const [i, value] of [0.5, 0.5, 0].entries()) expect(first[i]).toBeCloseTo(value, 3);
  });
});

it('needs no package but the core of TensorFlow.js, whatever backend is there', async () => {
  const { metafile } = await build({
    entryPoints: [new URL('kernels.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'neutral',
    packages: 'external',
    outdir: 'out',
  });
  const [{ imports }] = Object.values(metafile.outputs);
  expect([...new Set(imports.map(({ path }) => path))]).toEqual(['@tensorflow/tfjs-core']);
});

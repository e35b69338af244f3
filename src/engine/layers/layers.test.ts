import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerFastKernels } from '../kernels/index.ts';
import { tf, tfl } from '../tf.ts';
import { GlobalAveragePooling3D, GlobalMaxPooling3D } from './global-pooling.ts';
import { GroupNormalization } from './group-normalization.ts';
import { registerLayers } from './index.ts';
import { UpSampling3D } from './upsampling.ts';

type Shape5 = [number, number, number, number, number];

const random = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed);
const values = (x: tf.Tensor) => x.dataSync() as Float32Array;

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, bound = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i])).toBeLessThan(
      bound * Math.max(1, Math.abs(expected[i])),
    );
  }
}

/** The gradient of `sum(f(x) * weights)` against central differences at some voxels. */
function expectGradient(f: (x: tf.Tensor) => tf.Tensor, shape: number[]): void {
  tf.tidy(() => {
    const x = random(shape, 3);
    const weights = random(f(x).shape, 4);
    const loss = (input: tf.Tensor) => tf.sum(tf.mul(f(input), weights)) as tf.Scalar;
    const gradient = values(tf.grad(loss)(x));
    const at = values(x).slice();
    const step = 1e-2;
    for (let i = 0; i < at.length; i += Math.ceil(at.length / 7)) {
      const [up, down] = [step, -step].map((by) => {
        const moved = at.slice();
        moved[i] += by;
        return values(loss(tf.tensor(moved, shape)))[0];
      });
      expect(Math.abs((up - down) / (2 * step) - gradient[i])).toBeLessThan(2e-2);
    }
  });
}

describe.each(['cpu', 'wasm'] as const)('3D layers on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    await tf.ready();
    await registerFastKernels(backend);
    registerLayers();
  });

  const shape: Shape5 = [2, 3, 4, 5, 6];

  it('global pooling equals mean and maximum over the volume', () => {
    tf.tidy(() => {
      const x = random(shape, 1);
      const mean = new GlobalAveragePooling3D().apply(x) as tf.Tensor;
      const max = new GlobalMaxPooling3D({ keepdims: true }).apply(x) as tf.Tensor;
      expect(mean.shape).toEqual([2, 6]);
      expect(max.shape).toEqual([2, 1, 1, 1, 6]);
      const all = values(x);
      // Channels are fastest: every sixth value, 60 for each of the two volumes.
      const channels = Array.from({ length: 12 }, (_, i) =>
        all.filter((_, at) => at % 6 === i % 6 && Math.floor(at / 360) === Math.floor(i / 6)),
      );
      const sum = (one: Float32Array) => one.reduce((a, b) => a + b, 0);
      expectClose(
        values(mean),
        Float32Array.from(channels, (one) => sum(one) / 60),
      );
      expectClose(
        values(max),
        Float32Array.from(channels, (one) => Math.max(...one)),
      );
    });
    expectGradient((x) => new GlobalAveragePooling3D().apply(x) as tf.Tensor, shape);
    expectGradient((x) => new GlobalMaxPooling3D().apply(x) as tf.Tensor, shape);
  });

  it('the gradient of a tied global maximum goes to one voxel', () => {
    tf.tidy(() => {
      const f = (x: tf.Tensor) => tf.sum(new GlobalMaxPooling3D().apply(x) as tf.Tensor);
      expect(values(tf.sum(tf.grad(f)(tf.zeros([1, 3, 3, 3, 2]))))[0]).toBe(2);
    });
  });

  it('upsampling repeats voxels', () => {
    tf.tidy(() => {
      const x = tf.tensor([1, 2, 3, 4], [1, 1, 2, 2, 1]);
      const y = new UpSampling3D({ size: [2, 1, 3] }).apply(x) as tf.Tensor;
      expect(y.shape).toEqual([1, 2, 2, 6, 1]);
      const plane = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4];
      expectClose(values(y), [...plane, ...plane]);
    });
    expectGradient(
      (x) => new UpSampling3D({ size: [2, 3, 1] }).apply(x) as tf.Tensor,
      [1, 2, 2, 3, 2],
    );
  });

  it('batch normalisation in 3D uses the stored statistics, or those of the batch in training', () => {
    tf.tidy(() => {
      const layer = tfl.layers.batchNormalization({ epsilon: 0.01 });
      const x = random(shape, 5);
      layer.apply(x);
      const [gamma, beta, mean] = [6, 7, 8].map((seed) => random([6], seed));
      const variance = tf.abs(random([6], 9));
      layer.setWeights([gamma, beta, mean, variance]);
      const expected = tf.add(
        tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 0.01))), gamma),
        beta,
      );
      expectClose(values(layer.apply(x) as tf.Tensor), values(expected), 1e-4);
      const trained = layer.apply(x, { training: true }) as tf.Tensor;
      const moments = tf.moments(trained, [0, 1, 2, 3]);
      expectClose(values(moments.mean), values(beta), 1e-4);
      for (const weight of layer.weights) weight.dispose();
    });
  });

  it('group normalisation gives every group mean 0 and variance 1', () => {
    tf.tidy(() => {
      const layer = new GroupNormalization({ groups: 3, epsilon: 0 });
      const y = layer.apply(tf.mul(random(shape, 10), 5)) as tf.Tensor;
      const { mean, variance } = tf.moments(tf.reshape(y, [2, 60, 3, 2]), [1, 3]);
      expectClose(values(mean), new Float32Array(6), 1e-4);
      expectClose(values(variance), new Float32Array(6).fill(1), 1e-4);
      for (const weight of layer.weights) weight.dispose();
    });
    const layer = new GroupNormalization({ groups: 2 });
    expectGradient((x) => layer.apply(x) as tf.Tensor, [1, 2, 2, 2, 4]);
    for (const weight of layer.weights) weight.dispose();
  });

  it('transposed convolution has a gradient for input and filter', () => {
    const filter = random([3, 3, 3, 2, 3], 11) as tf.Tensor5D;
    const transpose = (x: tf.Tensor, f: tf.Tensor) =>
      tf.conv3dTranspose(x as tf.Tensor5D, f as tf.Tensor5D, [1, 4, 4, 4, 2], 2, 'same');
    expectGradient((x) => transpose(x, filter), [1, 2, 2, 2, 3]);
    const x = random([1, 2, 2, 2, 3], 12);
    expectGradient((f) => transpose(x, f), [3, 3, 3, 2, 3]);
    tf.dispose([filter, x]);
  });

  it('are written and read with a network', async () => {
    const input = tfl.input({ shape: [4, 4, 4, 2] });
    const layers = [
      tfl.layers.conv3d({ filters: 4, kernelSize: 3, padding: 'same' }),
      tfl.layers.batchNormalization(),
      new GroupNormalization({ groups: 2 }),
      new UpSampling3D({ size: 2 }),
      new GlobalMaxPooling3D({ keepdims: true }),
      new GlobalAveragePooling3D(),
    ];
    const output = layers.reduce((x, layer) => layer.apply(x) as tfl.SymbolicTensor, input);
    const model = tfl.model({ inputs: input, outputs: output });
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
      }),
    );
    if (!saved) throw new Error('nothing was saved');
    const again = await tfl.loadLayersModel(tf.io.fromMemory(saved));
    const x = random([1, 4, 4, 4, 2], 13);
    expectClose(values(again.predict(x) as tf.Tensor), values(model.predict(x) as tf.Tensor));
    model.dispose();
    again.dispose();
    x.dispose();
  });
});

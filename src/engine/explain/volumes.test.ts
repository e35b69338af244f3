import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerFastKernels } from '../kernels/index.ts';
import { GlobalAveragePooling3D } from '../layers/global-pooling.ts';
import { registerLayers } from '../layers/index.ts';
import { tf, tfl } from '../tf.ts';
import { callStep } from './call.ts';
import { pullBack } from './pullback.ts';

const VOLUMES = 3;
const CLASSES = 4;
const SHAPE = [4, 3, 2, 5];
/** Sums of a few hundred float32 terms, in another order. */
const BOUND = 1e-5;

const conv = (activation: 'relu' | 'elu' | 'softmax' | 'softplus') =>
  tfl.layers.conv3d({ filters: 3, kernelSize: 2, padding: 'same', activation });

const LAYERS: [string, () => tfl.layers.Layer, number[]?][] = [
  ['convolution, derivative from the output', () => conv('relu')],
  ['convolution, derivative of another kind', () => conv('elu')],
  ['convolution, derivative by the tape', () => conv('softplus')],
  ['convolution, an activation across channels', () => conv('softmax')],
  ['transposed convolution', () => tfl.layers.conv3dTranspose({ filters: 3, kernelSize: 2 })],
  ['dense', () => tfl.layers.dense({ units: 3, activation: 'relu' }), [7]],
  ['dense along the last axis', () => tfl.layers.dense({ units: 3, activation: 'tanh' })],
  ['batch normalisation', () => tfl.layers.batchNormalization({})],
  ['batch normalisation of an axis', () => tfl.layers.batchNormalization({ axis: 1 }), [4, 5, 3]],
  ['max pooling', () => tfl.layers.maxPooling3d({ poolSize: 2, padding: 'same' })],
  ['average pooling', () => tfl.layers.averagePooling3d({ poolSize: 2, padding: 'same' })],
  ['max pooling in 2D', () => tfl.layers.maxPooling2d({ poolSize: 2 }), [4, 5, 3]],
  ['global average', () => new GlobalAveragePooling3D({ keepdims: true })],
  ['global average in 2D', () => tfl.layers.globalAveragePooling2d({}), [4, 5, 3]],
  ['flattening', () => tfl.layers.flatten()],
  ['an activation', () => tfl.layers.activation({ activation: 'sigmoid' })],
  ['a leaky ReLU', () => tfl.layers.leakyReLU({ alpha: 0.1 })],
];

describe.each(['cpu', 'wasm'] as const)('several volumes one step back on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    await tf.ready();
    await registerFastKernels(backend);
    registerLayers();
  });

  it.each(LAYERS)('%s: as for each volume by itself', (_, make, shape = SHAPE) => {
    tf.tidy(() => {
      const layer = make();
      const input = tfl.input({ shape });
      layer.apply(input);
      layer.setWeights(layer.getWeights().map((w, i) => tf.abs(random(w.shape, i + 1))));
      expectSame(layer, 1, shape);
      layer.dispose();
    });
  });

  it.each([
    ['a sum', () => tfl.layers.add(), [SHAPE, SHAPE]],
    ['a sum that broadcasts', () => tfl.layers.add(), [SHAPE, [1, 1, 1, 5]]],
    ['a product', () => tfl.layers.multiply(), [SHAPE, SHAPE]],
    ['a concatenation', () => tfl.layers.concatenate({ axis: 2 }), [SHAPE, SHAPE]],
  ] as const)('%s: as for each volume by itself', (_, make, shapes) => {
    tf.tidy(() => {
      const layer = make();
      layer.apply(shapes.map((shape) => tfl.input({ shape: [...shape] })));
      expectSame(layer, 2, ...shapes);
    });
  });
});

function expectSame(layer: tfl.layers.Layer, count: number, ...shapes: (readonly number[])[]) {
  const step = {
    name: 'step',
    layer,
    inputs: shapes.map((_, i) => i),
    shape: (layer.outputShape as number[]).slice(1),
  };
  const inputs = shapes.map((shape, i) => random([VOLUMES, ...shape], 20 + i));
  const output = callStep(step, inputs);
  const dy = random([VOLUMES * CLASSES, ...output.shape.slice(1)], 9);
  const wanted = inputs.map(() => true);
  const together = pullBack(step, { inputs, output }, dy, wanted, false);
  const alone = Array.from({ length: VOLUMES }, (_, v) => {
    const own = inputs.map((x) => tf.split(x, VOLUMES)[v]);
    const rows = tf.split(dy, VOLUMES)[v];
    return pullBack(step, { inputs: own, output: callStep(step, own) }, rows, wanted, false);
  });
  expect(together.inputs).toHaveLength(count);
  for (const [i, gradient] of together.inputs.entries())
    expectClose(gradient!, tf.concat(alone.map(({ inputs: own }) => own[i]!)));
  expect(together.bias === null).toBe(alone[0].bias === null);
  if (together.bias) expectClose(together.bias, tf.concat(alone.map(({ bias }) => bias!)));
}

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

function expectClose(actual: tf.Tensor, expected: tf.Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const scale = tf.max(tf.abs(expected)).dataSync()[0];
  expect(scale).toBeGreaterThan(0);
  const apart = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0];
  expect(apart).toBeLessThan(BOUND * scale);
}

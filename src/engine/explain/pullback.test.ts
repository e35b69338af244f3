import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerFastKernels } from '../kernels/index.ts';
import { GlobalAveragePooling3D } from '../layers/global-pooling.ts';
import { registerLayers } from '../layers/index.ts';
import { buildGraph } from '../model/graph.ts';
import { tf, tfl } from '../tf.ts';
import { callStep } from './call.ts';
import { pullBack } from './pullback.ts';

const CLASSES = 3;
const random = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed);

/** Layers whose rule does not go by the tape, each behind an input of `[4, 3, 2, 5]`. */
const LAYERS: [string, () => tfl.layers.Layer, { activation?: boolean; tape?: boolean }][] = [
  ['batch normalisation', () => tfl.layers.batchNormalization({ epsilon: 0.01 }), {}],
  [
    'batch normalisation without gamma and beta',
    () => tfl.layers.batchNormalization({ scale: false, center: false }),
    { tape: false }, // tfjs has no gradient for it
  ],
  [
    'transposed convolution',
    () => tfl.layers.conv3dTranspose({ filters: 3, kernelSize: 2, strides: 2 }),
    {},
  ],
  [
    'transposed convolution with overlap and ReLU',
    () =>
      tfl.layers.conv3dTranspose({
        filters: 3,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
      }),
    { activation: true },
  ],
  ['global average pooling', () => new GlobalAveragePooling3D(), {}],
  ['global average pooling with axes', () => new GlobalAveragePooling3D({ keepdims: true }), {}],
];

describe.each(['cpu', 'wasm'] as const)('one step back on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    await tf.ready();
    await registerFastKernels(backend);
    registerLayers();
  });

  it.each(LAYERS)('%s: as the tape says, adjoint, with its constant part', (_, make, options) => {
    const { activation = false, tape = true } = options;
    tf.tidy(() => {
      const input = tfl.input({ shape: [4, 3, 2, 5] });
      const layer = make();
      const model = tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor });
      // A variance is positive.
      const weights = layer.getWeights().map((w, i) => tf.abs(random(w.shape, i + 1)));
      layer.setWeights(weights);
      const { steps } = buildGraph(model, 'test');
      const step = steps[1];
      const x = random([1, 4, 3, 2, 5], 8);
      const output = callStep(step, [x]);
      const dy = random([CLASSES, ...output.shape.slice(1)], 9);
      const pulled = pullBack(step, { inputs: [x], output }, dy, [true], false);
      const rows = tf.unstack(dy).map((row) => tf.expandDims(row));
      if (tape) {
        const by = (row: tf.Tensor) => tf.grad((at: tf.Tensor) => callStep(step, [at]))(x, row);
        expectClose(pulled.inputs[0]!, tf.concat(rows.map(by)));
      }
      if (!activation) {
        const constant = callStep(step, [tf.zerosLike(x)]);
        const inner = (row: tf.Tensor, y: tf.Tensor) => tf.sum(tf.mul(row, y));
        const shares = tf.stack(rows.map((row) => inner(row, constant)));
        expectClose(pulled.bias ?? tf.zeros([CLASSES]), shares);
        const linear = tf.sub(output, constant);
        const gradients = tf.unstack(pulled.inputs[0]!);
        expectClose(
          tf.stack(gradients.map((row) => inner(row, x))),
          tf.stack(rows.map((row) => inner(row, linear))),
        );
      }
      model.dispose();
    });
  });

  it.each([1, 3, -1])('concatenation along axis %i: each input its own part', (axis) => {
    tf.tidy(() => {
      const shapes = [2, 1].map((n) =>
        [4, 3, 2, 5].map((size, i) => (i === (axis + 4 - (axis < 0 ? 0 : 1)) % 4 ? n : size)),
      );
      const inputs = shapes.map((shape) => tfl.input({ shape }));
      const joined = tfl.layers.concatenate({ axis }).apply(inputs) as tfl.SymbolicTensor;
      const step = {
        name: 'join',
        layer: joined.sourceLayer,
        inputs: [0, 1],
        shape: joined.shape.slice(1) as number[],
      };
      const xs = shapes.map((shape, i) => random([1, ...shape], i + 1));
      const parts = shapes.map((shape, i) => random([CLASSES, ...shape], i + 5));
      const values = { inputs: xs, output: callStep(step, xs) };
      const dy = tf.concat(parts, axis);
      const both = pullBack(step, values, dy, [true, true], false).inputs;
      for (const [i, part] of parts.entries()) expectClose(both[i]!, part);
      const second = pullBack(step, values, dy, [false, true], false).inputs;
      expect(second[0]).toBeNull();
      expectClose(second[1]!, parts[1]);
    });
  });
});

function expectClose(actual: tf.Tensor, expected: tf.Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const scale = Math.max(1, tf.max(tf.abs(expected)).dataSync()[0]);
  const apart = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0];
  expect(apart).toBeLessThan(1e-5 * scale);
}

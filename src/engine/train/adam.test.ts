import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdamStep } from '../kernels/adam-step.ts';
import { createNodeEngine } from '../node.ts';
import { tf } from '../tf.ts';
import { Adam, applyUnfused } from './adam.ts';

const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

/** Lengths around the vectors, tasks and chunks of the kernel. */
const LENGTHS = [1, 3, 4, 16385, 2 ** 18, 2 ** 18 + 5];

const random = (length: number, seed: number, scale = 1) =>
  tf.mul(scale, tf.randomUniform([length], -1, 1, 'float32', seed));

const bits = (tensor: tf.Tensor) => new Int32Array((tensor.dataSync() as Float32Array).buffer);

describe('the fused step of Adam', () => {
  it.each(LENGTHS)('gives the bits of the separate operations, %d weights', (length) => {
    expect(tf.getKernel(AdamStep, 'wasm')).toBeDefined();
    const before = tf.memory().numTensors;
    const [a, b] = [0, 1].map(() => tf.tidy(() => tf.variable(random(length, 1))));
    const [m, v] = [0, 1].map(() => tf.tidy(() => tf.variable(tf.zeros([length]))));
    const adam = new Adam([a]);
    for (let step = 1; step <= 3; step++) {
      const g = tf.tidy(() => random(length, step + 1, 10 ** (step - 2)));
      adam.apply([g], 1e-3);
      const scale = (1e-3 * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
      applyUnfused(b, m, v, g, scale, 1e-7 * Math.sqrt(1 - 0.999 ** step));
      g.dispose();
    }
    const fused = [a, adam.moments[0].m, adam.moments[0].v].map(bits);
    for (const [i, expected] of [b, m, v].map(bits).entries()) {
      expect(fused[i].findIndex((value, at) => value !== expected[at])).toBe(-1);
    }
    adam.dispose();
    tf.dispose([a, b, m, v]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves tensors alone that share the data of a weight', () => {
    const start = tf.tensor1d([1, 2, 3]);
    const weight = tf.variable(start);
    const adam = new Adam([weight]);
    const gradient = tf.tensor1d([1, -1, 1]);
    adam.apply([gradient], 0.1);
    expect([...start.dataSync()]).toEqual([1, 2, 3]);
    expect(weight.dataSync()[0]).toBeCloseTo(0.9, 5);
    adam.dispose();
    tf.dispose([start, weight, gradient]);
  });
});

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, expect, it } from 'vitest';
import { tf } from '../../../tf.ts';
import { normalizeChannels } from '../../channels.ts';
import { registerFastKernels } from '../../index.ts';

/** `[shape, with offset and scale, statistics of the whole shape]` */
const CASES: [number[], boolean, boolean][] = [
  [[700, 16], true, false],
  [[2, 3, 5, 7], true, false],
  [[33, 1], false, false],
  [[4, 3], true, true],
];

beforeAll(async () => {
  await tf.setBackend('wasm');
  await registerFastKernels('wasm');
});

it.each(CASES)(
  'batch normalisation of %j on wasm agrees with the cpu',
  async (shape, affine, full) => {
    const statistics = full ? shape : shape.slice(-1);
    const draw = (size: number[], seed: number) => tf.randomUniform(size, 0.1, 2, 'float32', seed);
    const run = () =>
      tf.tidy(() => {
        const [mean, variance, offset, scale] = [1, 2, 3, 4].map((seed) => draw(statistics, seed));
        const x = draw(shape, 5);
        return (
          affine
            ? tf.batchNorm(x, mean, variance, offset, scale, 0.01)
            : tf.batchNorm(x, mean, variance, undefined, undefined, 0.01)
        ).dataSync();
      });
    await tf.setBackend('cpu');
    const expected = run();
    await tf.setBackend('wasm');
    const before = tf.memory().numTensors;
    const own = run();
    expect(tf.memory().numTensors).toBe(before);
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(own[i] - value)).toBeLessThan(2e-5);
    }
  },
);

it('keeps the digits of values whose mean is large beside their deviation', async () => {
  await tf.setBackend('wasm');
  // Powers of two and their sums: all results are exact.
  const steps = [0, 1, 2, 3];
  const values = tf.tidy(() => {
    const row = (value: number) => tf.fill([1, 5], value);
    const x = tf.tile(tf.tensor2d(steps.map((n) => [4096 + n / 1024])), [1, 5]);
    return normalizeChannels(tf.reshape(x, [1, 4, 5]), {
      ...{ mean: row(4096), scale: row(1023), shift: row(0.5) },
      slope: 1,
    }).dataSync();
  });
  const expected = steps.flatMap((n) => Array(5).fill((n / 1024) * 1023 + 0.5));
  expect([...values]).toEqual(expected);
});

import { expect, it } from 'vitest';
import { tf } from '../../../tf.ts';
import { maxPooling, POOL_CASES, poolGradient } from '../../../../testing/kernel-cases.ts';
import { random, results } from '../../../../testing/tensors.ts';
import { picker } from '../../../../testing/random.ts';
import { compare, withWasmKernels } from './testing.ts';

withWasmKernels();

it.each(['average', 'max'] as const)(
  '%s pooling and its gradient on 60 random shapes',
  async (kind) => {
    const pick = picker(7);
    for (let i = 0; i < 60; i++) {
      const three = (to: number): [number, number, number] => [
        pick(1, to),
        pick(1, to),
        pick(1, to),
      ];
      const [depth, height, width] = three(i % 5 === 0 ? 7 : 3);
      // tfjs's cpu kernel mistakes the winner in a window that is not as wide as high.
      const window = [depth, height, kind === 'max' ? height : width] as [number, number, number];
      const pad = pick(0, 1) ? 'same' : 'valid';
      const strides = three(3).map((n, a) => (pad === 'same' ? Math.min(n, window[a]) : n));
      const size = window.map((n) => n + pick(0, 5));
      const shape = [pick(1, 2), ...size, pick(1, 19)] as [number, number, number, number, number];
      const pool = (x: tf.Tensor) =>
        (kind === 'max' ? tf.maxPool3d : tf.avgPool3d)(
          x as tf.Tensor5D,
          window,
          strides as [number, number, number],
          pad,
        );
      const name = `${shape} by ${window}, strides ${strides}, ${pad}`;
      const make = () => {
        const x = random(shape, i + 1);
        const y = pool(x);
        const attributes = { filterSize: window, strides, pad } as const;
        return [
          y,
          poolGradient(kind === 'max' ? 'max' : 'avg', x, y, random(y.shape, i + 2), attributes),
        ];
      };
      await compare(make, name);
    }
  },
);

it('the mean over a whole volume is exact to the last float', async () => {
  const [values, pooled, mean] = await results('wasm', () => {
    const x = tf.add(random([1, 32, 32, 32, 5], 3), 100) as tf.Tensor5D;
    return [x, tf.avgPool3d(x, 32, 1, 'valid'), tf.mean(x, [1, 2, 3])];
  });
  for (let c = 0; c < 5; c++) {
    let sum = 0;
    for (let i = c; i < values.length; i += 5) sum += values[i];
    const expected = Math.fround(sum / 32 ** 3);
    expect(Math.abs(pooled[c] - expected)).toBeLessThanOrEqual(expected * 2 ** -23);
    expect(Math.abs(mean[c] - expected)).toBeLessThanOrEqual(expected * 2 ** -23);
  }
});

it.each(POOL_CASES)('max pooling and its gradient: %s', async (...given) => {
  await compare(() => maxPooling(given), given[0]);
});

it('a tie in max pooling has one winner', async () => {
  const [values] = await results('wasm', () => {
    const [x, y] = [tf.zeros([1, 4, 4, 4, 5]), tf.zeros([1, 2, 2, 2, 5])];
    const attributes = { filterSize: 2, strides: 2, pad: 'valid' } as const;
    return [poolGradient('max', x, y, tf.onesLike(y), attributes)];
  });
  expect(values.filter((v) => v === 1).length).toBe(8 * 5);
  expect(values.filter((v) => v === 0).length).toBe(64 * 5 - 8 * 5);
});

it('so has one of images, also in windows without a positive element', async () => {
  const [values] = await results('wasm', () => {
    const x = tf.tensor4d([0, 0, 0, 0, -1, -3, -2, -1, -4, -2, -2, -1, 5, 1, 0, 7], [1, 4, 4, 1]);
    const dy = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const attributes = { filterSize: 2, strides: 2, pad: 'valid' };
    return [tf.engine().runKernel(tf.MaxPoolGrad, { dy, input: x, output: dy }, attributes)].flat();
  });
  expect([...values]).toEqual([1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 4]);
});

it('max pooling of images and its gradient on 40 random shapes', async () => {
  const pick = picker(8);
  for (let i = 0; i < 40; i++) {
    const window = pick(1, 4);
    const pad = pick(0, 1) ? 'same' : 'valid';
    const strides = pad === 'same' ? pick(1, window) : pick(1, 3);
    const shape = [pick(1, 2), window + pick(0, 5), window + pick(0, 5), pick(1, 9)];
    await compare(() => {
      const x = random(shape, i + 1) as tf.Tensor4D;
      const y = tf.maxPool(x, window, strides, pad);
      const attributes = { filterSize: window, strides, pad };
      const inputs = { dy: random(y.shape, i + 2), input: x, output: y };
      return [tf.engine().runKernel(tf.MaxPoolGrad, inputs, attributes)].flat();
    }, `${shape} by ${window}, strides ${strides}, ${pad}`);
  }
});

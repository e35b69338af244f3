import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeEngine } from '../node.ts';
import { tf } from '../tf.ts';

const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

const random = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed);

/** `d(sum w * pool(x))/dx` by central differences; `x` has no ties. */
function differences(pool: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, w: tf.Tensor): number[] {
  const value = (data: Float32Array) =>
    tf.tidy(() => tf.sum(tf.mul(w, pool(tf.tensor(data, x.shape)))).dataSync()[0]);
  const data = x.dataSync() as Float32Array;
  const h = 1e-3;
  return Array.from(data, (_, i) => {
    const up = data.slice();
    const down = data.slice();
    up[i] += h;
    down[i] -= h;
    return (value(up) - value(down)) / (2 * h);
  });
}

describe('max-pooling gradient on wasm', () => {
  it.each([
    { size: 2, stride: 2, pad: 'valid' },
    { size: 3, stride: 2, pad: 'same' },
    { size: 2, stride: 1, pad: 'same' },
  ] as const)('agrees with finite differences in 3D and 2D: %o', ({ size, stride, pad }) => {
    tf.tidy(() => {
      const pool3 = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, size, stride, pad);
      const pool2 = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, size, stride, pad);
      const cases: [(x: tf.Tensor) => tf.Tensor, number[]][] = [
        [pool3, [1, 5, 4, 3, 2]],
        [pool2, [2, 5, 4, 2]],
      ];
      for (const [pool, shape] of cases) {
        const count = shape.reduce((a, b) => a * b, 1);
        // Distinct values, further apart than the differences reach.
        const values = Array.from({ length: count }, (_, i) => ((i * 37) % count) / count);
        const x = tf.reshape(tf.tensor1d(values), shape);
        const w = random(pool(x).shape, 4);
        const dx = tf.grad(pool)(x, w).dataSync();
        const expected = differences(pool, x, w);
        for (let i = 0; i < dx.length; i++)
          expect(Math.abs(dx[i] - expected[i])).toBeLessThan(2e-3);
      }
    });
  });

  it('gives a window of ties to one winner, zero windows included', () => {
    tf.tidy(() => {
      const pool = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, 'valid');
      const dx = tf.grad(pool)(
        tf.zeros([1, 4, 4, 4, 1]),
        tf.reshape(tf.range(1, 9), [1, 2, 2, 2, 1]),
      );
      const winners = [...dx.dataSync().entries()].filter(([, g]) => g !== 0);
      expect(winners).toEqual([0, 2, 8, 10, 32, 34, 40, 42].map((at, i) => [at, i + 1]));
    });
  });
});

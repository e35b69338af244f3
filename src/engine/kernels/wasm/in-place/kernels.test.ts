import { expect, it } from 'vitest';
import { tf } from '../../../tf.ts';
import { reluGrad } from '../../relu-grad.ts';
import { difference, random, results } from '../../../../testing/tensors.ts';
import { picker } from '../../../../testing/random.ts';
import { compare, withWasmKernels } from './testing.ts';

withWasmKernels();

it('sums and means over any axes of 60 random shapes', async () => {
  const pick = picker(11);
  for (let i = 0; i < 60; i++) {
    const rank = pick(1, 5);
    const shape = Array.from({ length: rank }, () => pick(1, 9));
    const axes = shape.flatMap((_, axis) => (pick(0, 1) ? [axis] : []));
    const keep = pick(0, 1) === 1;
    const make = () => {
      const x = random(shape, i + 1);
      return [tf.sum(x, axes, keep), tf.mean(x, axes, keep)];
    };
    await compare(make, `${shape} over ${axes}`);
    const [sum] = tf.tidy(() => [tf.sum(tf.zeros(shape), axes, keep).shape]);
    expect(sum.length).toBe(keep ? rank : rank - axes.length);
  }
});

it('concatenation, slices and repetition on 60 random shapes', async () => {
  const pick = picker(13);
  for (let i = 0; i < 60; i++) {
    const rank = pick(1, 5);
    const shape = Array.from({ length: rank }, () => pick(1, 7));
    const axis = pick(0, rank - 1);
    const dtype = pick(0, 3) === 0 ? 'int32' : 'float32';
    const draw = (size: number[], seed: number) =>
      tf.cast(tf.mul(random(size, seed), 100), dtype) as tf.Tensor;
    const along = (n: number) => shape.map((size, a) => (a === axis ? n : size));
    const parts = Array.from({ length: pick(2, 4) }, () => pick(0, 6));
    const begin = shape.map((n, a) => (a === axis || pick(0, 3) === 0 ? pick(0, n - 1) : 0));
    const size = shape.map((n, a) => pick(begin[a] ? 1 : n, n - begin[a]));
    const reps = along(pick(1, 4)).map((n, a) => (a === axis ? n : 1));
    const make = () => {
      const x = draw(shape, i + 1);
      return [
        tf.concat(
          parts.map((n, k) => draw(along(n), i + k)),
          axis,
        ),
        tf.slice(x, begin, size),
        ...tf.split(x, [1, shape[axis] - 1].filter(Boolean), axis),
        tf.tile(x, reps),
      ];
    };
    await compare(make, `${shape}, axis ${axis}, parts ${parts}, ${begin} + ${size}`, true);
  }
});

it('the gradient of a ReLU, for as many rows of outputs and for fewer', async () => {
  for (const [shape, classes] of [
    [[1, 5, 4, 3, 7], 3],
    [[2, 33], 2],
    [[3, 4, 5], 1],
    [[1], 1],
  ] as const) {
    const rows = shape[0] * classes;
    const rest = shape.slice(1);
    const y = () => tf.relu(random(shape, 1));
    const dy = () => random([rows, ...rest], 2);
    const repeated = () => tf.reshape(tf.stack(Array(classes).fill(y()), 1), [rows, ...rest]);
    const [expected] = await results('cpu', () => [tf.mul(dy(), tf.step(repeated()))]);
    const [own] = await results('wasm', () => [reluGrad(dy(), y())]);
    expect(difference(own, expected), `${shape}`).toBe(0);
  }
});

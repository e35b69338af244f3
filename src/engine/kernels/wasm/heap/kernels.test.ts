import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CAM_METHODS, channelStats, classMaps } from '../../../../core/cam/index.ts';
import { tf } from '../../../tf.ts';
import { camKernels } from '../../cam.ts';
import { reluGrad } from '../../relu-grad.ts';
import { BOUND, difference, random, results } from '../../testing.ts';
import { registerHeapKernels } from './register.ts';

/** Whole numbers `[from, to]`, the same for the same seed. */
function picker(seed: number) {
  let state = seed;
  return (from: number, to: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return from + (Math.floor(state / 65536) % (to - from + 1));
  };
}

/** The same on the `cpu` twin and on `wasm`; `exact` where nothing is computed. */
async function compare(make: () => tf.Tensor[], name: string, exact = false): Promise<void> {
  const expected = await results('cpu', make);
  const own = await results('wasm', make);
  expect(own.length).toBe(expected.length);
  for (const [i, values] of own.entries()) {
    if (exact) expect(difference(values, expected[i]), name).toBe(0);
    else expect(difference(values, expected[i]), name).toBeLessThan(BOUND);
  }
}

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
  await registerHeapKernels();
  expect(camKernels()).toBeDefined();
});

afterAll(() => expect(tf.memory().numTensors).toBe(0));

it('average pooling and its gradient on 60 random shapes', async () => {
  const pick = picker(7);
  for (let i = 0; i < 60; i++) {
    const three = (to: number): [number, number, number] => [pick(1, to), pick(1, to), pick(1, to)];
    const window = three(i % 5 === 0 ? 7 : 3);
    const pad = pick(0, 1) ? 'same' : 'valid';
    const strides = three(3).map((n, a) => (pad === 'same' ? Math.min(n, window[a]) : n));
    const size = window.map((n) => n + pick(0, 5));
    const shape = [pick(1, 2), ...size, pick(1, 19)] as [number, number, number, number, number];
    const pool = (x: tf.Tensor) =>
      tf.avgPool3d(x as tf.Tensor5D, window, strides as [number, number, number], pad);
    const name = `${shape} by ${window}, strides ${strides}, ${pad}`;
    const make = () => {
      const x = random(shape, i + 1);
      const y = pool(x);
      return [y, tf.grad((at) => tf.sum(tf.mul(pool(at), random(y.shape, i + 2))))(x)];
    };
    await compare(make, name);
  }
});

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

it('channel sums and maps agree with core/cam on random layers, unsafe channels included', () => {
  const pick = picker(17);
  for (let i = 0; i < 40; i++) {
    const shape = [pick(1, 3), pick(1, 9), pick(1, 9), pick(1, 5), pick(1, 21)];
    const [volumes, ...rest] = shape;
    const classes = pick(1, 3);
    const channels = shape[4];
    tf.tidy(() => {
      const volume = pick(0, volumes - 1);
      const cancelling = tf.sub(random(shape, i), tf.mean(random(shape, i), [1, 2, 3], true));
      const a = i % 2 ? tf.relu(random(shape, i)) : cancelling;
      const g = random([classes + 2, ...rest], i + 100);
      const size = a.size / volumes;
      const rows = (x: tf.Tensor, from: number) =>
        (x.dataSync() as Float32Array).slice(from * size, (from + 1) * size);
      const host = rows(a, volume);
      const expected = channelStats(host, channels);
      const stats = camKernels()!.stats(a, volume);
      expect(stats.unsafe).toEqual(expected.unsafe);
      const scale = Math.max(...expected.sum.map((sum, l) => Math.abs(sum) * expected.kappa[l]));
      for (const [l, sum] of stats.sum.entries())
        expect(Math.abs(sum - expected.sum[l])).toBeLessThanOrEqual(1e-12 * scale);
      // The same sums for both, since those of a cancelling channel are noise.
      const maps = camKernels()!.maps(a, volume, g, [1, classes + 1], expected);
      expect(maps.length).toBe(classes);
      for (const [k, own] of maps.entries()) {
        const twin = classMaps({ a: host, g: rows(g, k + 1), channels }, CAM_METHODS, expected);
        expect(Math.abs(own.cam - twin.cam)).toBeLessThanOrEqual(1e-12 * size);
        for (const method of CAM_METHODS) {
          const [map, reference] = [own.maps[method]!, twin.maps[method]!];
          expect(difference(map.data, reference.data)).toBeLessThan(1e-6);
          const bound = 1e-9 * size * Math.max(1, Math.abs(reference.max), Math.abs(reference.min));
          for (const key of ['sum', 'min', 'max'] as const)
            expect(Math.abs(map[key] - reference[key])).toBeLessThanOrEqual(bound);
        }
      }
    });
  }
});

import { expect, it } from 'vitest';
import { LAYER_METHODS, channelStats, classMaps } from '../../../../core/cam/index.ts';
import { tf } from '../../../tf.ts';
import { camKernels } from '../../cam.ts';
import { difference, random } from '../../../../testing/tensors.ts';
import { picker } from '../../../../testing/random.ts';
import { withWasmKernels } from './testing.ts';

withWasmKernels();

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
      const maps = camKernels()!.maps(a, volume, g, [1, classes + 1], {
        stats: expected,
        methods: LAYER_METHODS,
      });
      expect(maps.length).toBe(classes);
      for (const [k, own] of maps.entries()) {
        const twin = classMaps({ a: host, g: rows(g, k + 1), channels }, LAYER_METHODS, expected);
        expect(Math.abs(own.cam - twin.cam)).toBeLessThanOrEqual(1e-12 * size);
        for (const method of LAYER_METHODS) {
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

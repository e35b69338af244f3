import { describe, expect, it } from 'vitest';
import { uniform } from '../../testing/random.ts';
import { computeStats } from '../volume/index.ts';
import {
  type Axis,
  hasTransform,
  PROBE_IDS,
  PROBES,
  rewedged,
  similarityOf,
  turned,
} from './index.ts';

const next = uniform(4);
const cube = (n: number, channels = 1) =>
  Float32Array.from({ length: n ** 3 * channels }, () => next() - 0.5);

describe('turning a cube', () => {
  it.each<[Axis, number, number]>([
    // One bright voxel on the end of one axis, from the middle of 3x3x3, [z, y, x].
    ['z', 1 * 9 + 1 * 3 + 2, 1 * 9 + 2 * 3 + 1], // +x to +y
    ['y', 2 * 9 + 1 * 3 + 1, 1 * 9 + 1 * 3 + 2], // +z to +x
    ['x', 1 * 9 + 2 * 3 + 1, 2 * 9 + 1 * 3 + 1], // +y to +z
  ])('about %s is right-handed', (axis, from, to) => {
    const data = new Float32Array(27);
    data[from] = 1;
    const found = turned(data, 3, axis, 1);
    expect(found[to]).toBe(1);
    expect(found.reduce((a, b) => a + b, 0)).toBe(1);
  });

  it('comes back, exactly, with all channels', () => {
    const data = cube(4, 3);
    for (const axis of ['x', 'y', 'z'] as const) {
      expect(turned(turned(data, 4, axis, 1, 3), 4, axis, -1, 3)).toEqual(data);
      expect(turned(data, 4, axis, 4, 3)).toEqual(data);
      expect(turned(data, 4, axis, 1, 3)).not.toEqual(data);
    }
  });
});

describe('a narrower wedge', () => {
  const plane = (kx: number, kz: number) =>
    Float32Array.from({ length: 20 ** 3 }, (_, v) =>
      Math.cos((2 * Math.PI * (kx * (v % 20) + kz * Math.floor(v / 400))) / 20),
    );

  it('keeps mean and deviation, a wave that is seen, and drops one along the beam', () => {
    const along = plane(0, 4);
    const both = plane(4, 0).map((value, v) => 3 + value + along[v]);
    const { mean, std } = computeStats(both);
    const seen = rewedged(both, 20, 50);
    const after = computeStats(seen);
    expect(after.mean).toBeCloseTo(mean, 4);
    expect(after.std).toBeCloseTo(std, 4);
    expect(
      similarityOf(
        seen.map((v) => v - 3),
        plane(4, 0),
      ).cosine,
    ).toBeCloseTo(1, 4);
  });

  it('is planned for the sizes that there is a transform for', () => {
    expect([40, 32, 60, 41, 14, 22].map(hasTransform)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('probes', () => {
  it.each(PROBE_IDS)('%s brings a map of the input back to where it was', (id) => {
    const { applies, change, back } = PROBES[id];
    expect(applies([20, 20, 20], 1)).toBe(true);
    expect(applies([20, 20, 21], 1)).toBe(false);
    expect(applies([1, 1, 1], 1)).toBe(false);
    const data = cube(20);
    const { cosine } = similarityOf(back(change(data, 20, 1), 20), data);
    expect(cosine).toBeGreaterThan(id.startsWith('turn') ? 0.999999 : 0.6);
  });
});

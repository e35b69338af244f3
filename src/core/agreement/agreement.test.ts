import { describe, expect, it } from 'vitest';
import type { Grid } from '../volume/index.ts';
import {
  agreementOf,
  cosineSimilarity,
  differenceMap,
  nthLargest,
  ranks,
  spearman,
  topOverlap,
  topVoxels,
} from './index.ts';

const box: Grid = { shape: [8, 8, 8], voxelSize: [10, 10, 10], origin: [0, 0, 0] };

describe('agreement of two maps', () => {
  it('has cosine 1 for the same up to a factor and -1 for the opposite, null for zeros', () => {
    const a = [1, -2, 3, 0.5];
    for (const scale of [1e-9, 1, 1e9]) {
      const b = a.map((value) => scale * value);
      expect(cosineSimilarity(a, b)).toBeCloseTo(1, 12);
      expect(
        cosineSimilarity(
          a,
          b.map((value) => -value),
        ),
      ).toBeCloseTo(-1, 12);
    }
    expect(cosineSimilarity([1, 0], [0, 2])).toBe(0);
    expect(cosineSimilarity(a, [0, 0, 0, 0])).toBeNull();
  });

  it("has SciPy's rank correlation, ties among it", () => {
    const a = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 0];
    const b = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5];
    expect([...ranks([5, 1, 5, 0])]).toEqual([3.5, 2, 3.5, 1]);
    expect(spearman(a, b)).toBeCloseTo(0.0726049673661619, 12);
    expect(
      spearman(
        a,
        a.map((value) => Math.exp(value)),
      ),
    ).toBeCloseTo(1, 12);
    expect(
      spearman(
        a,
        a.map(() => 2),
      ),
    ).toBeNull();
  });

  it('overlaps the largest voxels, equal ones all, never what is not above 0', () => {
    expect([...topVoxels([4, 1, 3, 3, 0], 0.4)]).toEqual([1, 0, 1, 1, 0]);
    expect([...topVoxels([0, 0, 2, -1, 0], 0.6)]).toEqual([0, 0, 1, 0, 0]);
    expect(topOverlap([9, 8, 1, 0], [9, 1, 8, 0], 0.5)).toBeCloseTo(1 / 3, 12);
    expect(topOverlap([9, 8, 1, 0], [90, 80, 10, 0], 0.5)).toBe(1);
    expect(topOverlap([9, 8, 1, 0], [-1, -2, -3, -4], 0.5)).toBe(0);
    expect(topOverlap([-1, 0], [-2, 0], 0.5)).toBeNull();
  });

  it('finds the nth largest as sorting does', () => {
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (const kinds of [1, 3, 1000]) {
      const values = Float32Array.from({ length: 501 }, () => Math.floor(kinds * random()) - 1);
      const sorted = [...values].sort((a, b) => b - a);
      for (const n of [1, 2, 250, 500, 501]) expect(nthLargest(values, n)).toBe(sorted[n - 1]);
    }
    expect(nthLargest([3, 2, 1], 1)).toBe(3);
  });

  it('ranks at most the allowed number of voxels of large maps, within the stated error', () => {
    const shape = [40, 40, 40] as const;
    const wave = (a: number) =>
      Float32Array.from({ length: 64000 }, (_, v) => Math.sin(v / a) + Math.cos(v / 1700));
    const [a, b] = [wave(13), wave(17)].map((data) => ({ data, shape }));
    const grid = { ...box, shape };
    const [all, some] = [agreementOf(a, b, grid), agreementOf(a, b, grid, 2 ** 14)];
    expect([all.sampled, some.sampled]).toEqual([null, 2 ** 14]);
    expect(some.cosine).toBe(all.cosine);
    expect(Math.abs(some.spearman! - all.spearman!)).toBeLessThan(0.02);
    some.overlap.forEach(({ iou }, i) => {
      expect(Math.abs(iou! - all.overlap[i].iou!)).toBeLessThan(0.04);
    });
  });

  it('measures how far the positive mass moved, whatever the grids', () => {
    const fine = new Float32Array(512);
    const coarse = new Float32Array(8);
    fine[0] = 1; // at (0, 0, 0) Å
    fine[1] = -5; // does not count
    coarse[1] = 2; // x from 40 to 80, y and z from 0 to 40 Å, less half a fine voxel
    const found = agreementOf(
      { data: fine, shape: [8, 8, 8] },
      { data: coarse, shape: [2, 2, 2] },
      box,
    );
    expect(found.shape).toEqual([8, 8, 8]);
    expect(found.shift).toBeCloseTo(Math.hypot(55, 15, 15), 9);
    const same = agreementOf(
      { data: fine, shape: [8, 8, 8] },
      { data: fine, shape: [8, 8, 8] },
      box,
    );
    expect(same).toMatchObject({ cosine: 1, spearman: 1, shift: 0 });
    expect(same.overlap.map(({ iou }) => iou)).toEqual([1, 1, 1]);
    const none = agreementOf(
      { data: fine, shape: [8, 8, 8] },
      { data: new Float32Array(8), shape: [2, 2, 2] },
      box,
    );
    expect(none).toMatchObject({ cosine: null, spearman: null, shift: null });
  });

  it('takes differences on the finer grid and keeps the sums', () => {
    const a = { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 2, 2] } as const;
    const b = { data: new Float32Array(512).fill(0.01), shape: [8, 8, 8] } as const;
    expect([...differenceMap(a, a).data]).toEqual(new Array(8).fill(0));
    const rounded = { ...a, data: a.data.map((value, i) => value + (i % 2 ? 4e-7 : -4e-7)) };
    expect([...differenceMap(a, rounded).data]).toEqual(new Array(8).fill(0));
    const { data, shape } = differenceMap(a, b);
    expect(shape).toEqual([8, 8, 8]);
    expect(data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(36 - 5.12, 3);
    expect(differenceMap(b, a).data).toEqual(data.map((value) => -value));
  });
});

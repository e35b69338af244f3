import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { regrid, voxelToWorld } from './grid.ts';
import { nearest, resample, resampleToGrid } from './resample.ts';
import type { FloatVolume, Shape3 } from './types.ts';

const cases: { from: Shape3; to: Shape3; data: number[]; result: number[] }[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/resample/expected.json', import.meta.url), 'utf8'),
);

test.each(cases)('$from to $to agrees with SciPy', ({ from, to, data, result }) => {
  const out = resample(Float32Array.from(data), from, to);
  const worst = Math.max(...result.map((value, i) => Math.abs(value - out[i])));
  expect(out).toHaveLength(result.length);
  expect(worst).toBeLessThan(1e-6);
});

test('the same grid gives the same values', () => {
  const data = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));
  expect([...resample(data, [3, 4, 5], [3, 4, 5], { antialias: true })]).toEqual([...data]);
});

test('growing by a whole factor keeps the sum, so a layer voxel spreads over its own box', () => {
  const data = Float32Array.from({ length: 125 }, (_, i) => Math.sin(i * i));
  const out = resample(data, [5, 5, 5], [40, 40, 40]);
  const sum = (values: Float32Array): number => values.reduce((s, v) => s + v, 0);
  expect(sum(out) / 512).toBeCloseTo(sum(data), 4);
});

test.each([
  { from: [2, 1, 2], to: [4, 2, 6] },
  { from: [5, 5, 5], to: [40, 40, 40] },
  { from: [3, 3, 3], to: [7, 8, 10] },
  { from: [4, 4, 4], to: [2, 2, 2] },
] as { from: Shape3; to: Shape3 }[])(
  '$from to $to in blocks: no value is new, and each output voxel has that of the one around its centre',
  ({ from, to }) => {
    const data = Float32Array.from({ length: from[0] * from[1] * from[2] }, (_, i) => i);
    const out = nearest(data, from, to);
    const expected: number[] = [];
    for (let z = 0; z < to[0]; z++)
      for (let y = 0; y < to[1]; y++)
        for (let x = 0; x < to[2]; x++) {
          const at = [z, y, x].map((v, axis) => Math.floor(((v + 0.5) / to[axis]) * from[axis]));
          expected.push((at[0] * from[1] + at[1]) * from[2] + at[2]);
        }
    expect([...out]).toEqual(expected);
  },
);

test('one bright layer voxel stays centred on the input voxels that it covers', () => {
  const data = new Float32Array(125);
  data[(1 * 5 + 2) * 5 + 3] = 1;
  const out = resample(data, [5, 5, 5], [40, 40, 40]);
  const centre = [0, 0, 0];
  let sum = 0;
  out.forEach((value, i) => {
    const at = [Math.floor(i / 1600), Math.floor(i / 40) % 40, i % 40];
    at.forEach((position, axis) => {
      centre[axis] += value * position;
    });
    sum += value;
  });
  // layer voxel i covers input voxels [8 i, 8 i + 8), whose centre is 8 i + 3.5
  [1, 2, 3].forEach((voxel, axis) => {
    expect(centre[axis] / sum).toBeCloseTo(8 * voxel + 3.5, 3);
  });
});

/** A function that is linear in world coordinates, sampled on a grid. */
function linear(grid: Omit<FloatVolume, 'data'>): FloatVolume {
  const [nz, ny, nx] = grid.shape;
  const data = new Float32Array(nz * ny * nx);
  for (let i = 0; i < data.length; i++) {
    const at = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))] as const;
    const [x, y, z] = voxelToWorld(grid, at);
    data[i] = 2 * x - 3 * y + 0.5 * z;
  }
  return { ...grid, data };
}

test('a linear field is reproduced on another grid, in world coordinates', () => {
  const source = linear({ shape: [20, 22, 24], voxelSize: [3, 4, 5], origin: [-10, 7, 100] });
  const grid = { shape: [9, 8, 7], voxelSize: [5, 5, 5], origin: [3, 20, 120] } as const;
  const expected = linear(grid);
  for (const antialias of [false, true]) {
    const { data } = resampleToGrid(source, grid, { antialias });
    data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.data[i], 3);
    });
  }
});

test('outside the box comes the fill value, inside the nearest voxel', () => {
  const source = linear({ shape: [2, 2, 2], voxelSize: [1, 1, 1], origin: [0, 0, 0] });
  const grid = { shape: [1, 1, 6], voxelSize: [1, 1, 1], origin: [-2, 0, 0] } as const;
  expect([...resampleToGrid(source, grid, { fill: 9 }).data]).toEqual([9, 9, 0, 2, 9, 9]);
  expect([...resampleToGrid(source, grid).data]).toEqual([0, 0, 0, 2, 2, 2]);
});

test('shrinking with averaging damps what the coarse grid cannot hold', () => {
  const checker = Float32Array.from({ length: 63 }, (_, i) => (i % 2 === 0 ? 1 : -1));
  const largest = (antialias: boolean): number =>
    Math.max(
      ...resample(checker, [1, 1, 63], [1, 1, 21], { antialias }).map(Math.abs).slice(1, -1),
    );
  expect(largest(false)).toBe(1);
  expect(largest(true)).toBeLessThan(0.2);
});

test('a coarser grid over the same box keeps the faces of the box', () => {
  const grid = { shape: [40, 40, 40], voxelSize: [10, 10, 10], origin: [5, 5, 5] } as const;
  expect(regrid(grid, [5, 5, 5])).toEqual({
    shape: [5, 5, 5],
    voxelSize: [80, 80, 80],
    origin: [40, 40, 40],
  });
});

test('a window wider than the source has as many taps as the source, and its mean goes with it', () => {
  const data = Float32Array.from([1, 2, 4, 8]);
  for (const step of [4, 40, 4e9, 4e30]) {
    const options = { step: [1, 1, step], start: [0, 0, 0], antialias: true } as const;
    const out = resample(data, [1, 1, 4], [1, 1, 3], options);
    // Beyond the edge the last voxel continues, so wide windows tend to it.
    const reference = referenceWindows(data, step, 3);
    out.forEach((value, i) => {
      expect(value).toBeCloseTo(reference[i], 4);
    });
  }
});

/** Means of the linear interpolation, held constant beyond the ends, over windows `[i, i + 1) step`. */
function referenceWindows(data: Float32Array, step: number, count: number): number[] {
  const n = data.length;
  // Integral from 0 to u (in voxel centres) of the interpolation.
  const integral = (u: number): number => {
    if (u <= 0) return u * data[0];
    let sum = 0;
    for (let i = 0; i < n - 1 && u > i; i++) {
      const t = Math.min(1, u - i);
      sum += data[i] * t + ((data[i + 1] - data[i]) * t * t) / 2;
    }
    return u > n - 1 ? sum + (u - (n - 1)) * data[n - 1] : sum;
  };
  return Array.from({ length: count }, (_, i) => {
    const from = i * step - 0.5;
    return (integral(from + step) - integral(from)) / step;
  });
}

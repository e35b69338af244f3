import { describe, expect, it } from 'vitest';
import type { Grid, Shape3, Vec3 } from '../volume/index.ts';
import {
  coverage,
  directionOf,
  gridPhrase,
  insidePhrase,
  largestComponent,
  maskedParticle,
  particleOf,
  peakPhrase,
  smooth,
  whereIs,
} from './index.ts';

/** 1 nm voxels over a cube, centred at the origin of the world. */
function cube(n: number, voxel = 10): Grid {
  const first = (-(n - 1) / 2) * voxel;
  return { shape: [n, n, n], voxelSize: [voxel, voxel, voxel], origin: [first, first, first] };
}

function fill({ shape: [nz, ny, nx], voxelSize, origin }: Grid, of: (at: Vec3) => number) {
  const data = new Float32Array(nz * ny * nx);
  for (let v = 0; v < data.length; v++) {
    const [x, y, z] = [v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))];
    data[v] = of([
      origin[0] + x * voxelSize[0],
      origin[1] + y * voxelSize[1],
      origin[2] + z * voxelSize[2],
    ]);
  }
  return data;
}

const ball =
  (radius: number, centre: Vec3 = [0, 0, 0]) =>
  ([x, y, z]: Vec3) =>
    Number(Math.hypot(x - centre[0], y - centre[1], z - centre[2]) <= radius);

describe('where a map is', () => {
  const grid = cube(40);
  const inner = fill(grid, ball(100));
  const particle = maskedParticle(inner, grid)!;

  it('finds all of a ball inside itself, and its share of the box', () => {
    const { positive, negative, particle: found } = whereIs(inner, grid.shape, grid, particle);
    expect(positive.inside).toBe(1);
    expect(negative).toEqual({
      mass: 0,
      inside: null,
      peak: null,
      centroid: null,
      extent: null,
      held: null,
    });
    expect(found!.share).toBeCloseTo((4 / 3) * Math.PI * (100 / 400) ** 3, 2);
    expect(found!.most).toBe(1);
  });

  it.each([1e-9, 1, 1e9])(
    'knows the radius of gyration of a ball, sqrt(3/5) r, at scale %g',
    (s) => {
      const { extent, mass } = whereIs(
        inner.map((value) => s * value),
        grid.shape,
        grid,
        null,
      ).positive;
      expect(extent! / (Math.sqrt(3 / 5) * 100)).toBeCloseTo(1, 2);
      const count = inner.reduce((a, b) => a + b, 0);
      expect(mass / (s * count)).toBeCloseTo(1, 6);
    },
  );

  it('gives an even map the share of the box', () => {
    const even = new Float32Array(40 ** 3).fill(-0.25);
    const { negative } = whereIs(even, grid.shape, grid, particle);
    expect(negative.inside).toBeCloseTo(particle.share, 12);
    expect(negative.mass).toBe(-0.25 * 40 ** 3);
    expect(negative.held).toBe(1);
    expect(negative.extent).toBeCloseTo(Math.sqrt(3 / 12) * 400, 6);
  });

  it('takes the exact part of coarse voxels, and says the most that they can hold', () => {
    // The particle takes half of one of eight voxels.
    const half = fill(grid, ([x, y, z]) => Number(x > 0 && x < 100 && y > 0 && z > 0));
    const box = maskedParticle(half, grid)!;
    const map = Float32Array.of(1, 0, 0, 0, 0, 0, -2, 3);
    const { positive, negative, particle: found, grid: own } = whereIs(map, [2, 2, 2], grid, box);
    expect(own.voxelSize).toEqual([200, 200, 200]);
    expect(positive.inside).toBeCloseTo((3 * 0.5) / 4, 12);
    expect(negative.inside).toBe(0);
    expect(found).toMatchObject({ share: 1 / 16, most: 0.5 });
    expect(positive.peak).toMatchObject({ value: 3, voxel: [1, 1, 1], position: [100, 100, 100] });
    expect(positive.peak!.offset).toEqual([50, 0, 0]);
    expect(positive.held).toBe(1);
  });

  it('gives one voxel the extent of a box, and a picture none across it', () => {
    const one = new Float32Array(27);
    one[13] = 2;
    expect(whereIs(one, [3, 3, 3], cube(3), null).positive.extent).toBeCloseTo(5, 9);
    const flat: Grid = { shape: [1, 3, 3], voxelSize: [10, 10, 10], origin: [0, 0, 0] };
    const found = whereIs(one.slice(9, 18), [1, 3, 3], flat, null).positive;
    expect(found.extent).toBeCloseTo(10 / Math.sqrt(6), 9);
  });

  it('says what a surface at 30 percent holds', () => {
    const map = Float32Array.of(10, 3, 2.9, 1, -4, -1, 0, 0);
    const { positive, negative } = whereIs(map, [2, 2, 2], cube(2), null);
    expect(positive.held).toBeCloseTo(13 / 16.9, 6);
    expect(negative.held).toBeCloseTo(4 / 5, 6);
  });
});

describe('the particle of a density', () => {
  const grid = cube(24);
  const bright = fill(
    grid,
    (at) => ball(60, [20, 0, -10])(at) + 0.9 * ball(12, [-90, -90, 90])(at),
  );

  it.each([
    ['bright', 1],
    ['dark', -1],
  ] as const)('is the largest piece of a %s one, without the specks', (_, sign) => {
    const volume = { ...grid, data: bright.map((value) => sign * value) };
    const { centre, by, share } = particleOf(volume)!;
    expect(by).toBe('isosurface');
    expect(centre.map(Math.round)).toEqual([20, 0, -10]);
    const expected = (4 / 3) * Math.PI * (60 / 240) ** 3;
    expect(share / expected).toBeGreaterThan(0.9);
    // The blurred edge lies outside at 30 percent.
    expect(share / expected).toBeLessThan(1.5);
  });

  it('does not change with the scale of the density', () => {
    const of = (scale: number) =>
      particleOf({ ...grid, data: bright.map((value) => scale * value) })!.mask;
    expect(of(1e-6)).toEqual(of(1));
    expect(of(1e6)).toEqual(of(1));
  });

  it('is none in a constant volume, and none of an empty mask', () => {
    expect(particleOf({ ...grid, data: new Float32Array(24 ** 3).fill(3) })).toBeNull();
    expect(maskedParticle(new Float32Array(24 ** 3), grid)).toBeNull();
  });
});

describe('the parts it is made of', () => {
  it('joins voxels that touch by a corner and keeps the largest piece', () => {
    const shape: Shape3 = [1, 3, 4];
    const mask = Uint8Array.of(1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1);
    expect([...largestComponent(mask, shape)]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect([...largestComponent(new Uint8Array(12), shape)]).toEqual(new Array(12).fill(0));
  });

  it('blurs without losing mass, by the variance of the Gaussian', () => {
    const data = new Float32Array(21);
    data[10] = 1;
    const blurred = smooth(data, [1, 1, 21], 1.5);
    const sum = blurred.reduce((a, b) => a + b, 0);
    const variance = blurred.reduce((a, value, x) => a + value * (x - 10) ** 2, 0);
    expect(sum).toBeCloseTo(1, 6);
    expect(Math.abs(variance - 2.25)).toBeLessThan(0.1);
    expect([...smooth(new Float32Array(8).fill(2), [2, 2, 2], 3)]).toEqual(new Array(8).fill(2));
  });

  it('covers grids of any ratio exactly', () => {
    const mask = Uint8Array.of(1, 1, 0, 0, 1);
    expect([...coverage(mask, [1, 1, 5], [1, 1, 2])]).toEqual([
      expect.closeTo(2 / 2.5, 12),
      expect.closeTo(1 / 2.5, 12),
    ]);
    expect([...coverage(mask, [1, 1, 5], [1, 1, 5])]).toEqual([1, 1, 0, 0, 1]);
    expect([...coverage(Uint8Array.of(1, 0), [1, 1, 2], [1, 1, 4])]).toEqual([1, 1, 0, 0]);
  });
});

describe('in words', () => {
  const grid = cube(10, 40);
  const peak = {
    value: 1,
    voxel: [9, 4, 4],
    position: [0, 0, 0],
    covered: 0.3,
    offset: [70, 2, -30],
  } as const;

  it('names the axes of an offset, the longest first', () => {
    expect(directionOf([0, -5, 0])).toBe('−y');
    expect(directionOf([3, 0, -4])).toBe('−z, +x');
    expect(directionOf([1, 1, 1])).toBe('+x, +y, +z');
    expect(directionOf([0, 0, 0])).toBe('');
  });

  it('says where a peak is', () => {
    expect(peakPhrase(peak, grid, 'nm')).toBe(
      "7.6 nm from the particle's centre towards +x, −z, at its edge",
    );
    expect(peakPhrase({ ...peak, covered: 0 }, grid, 'voxels')).toBe(
      "76 voxels from the particle's centre towards +x, −z, outside",
    );
    expect(peakPhrase({ ...peak, offset: [10, 0, 0], covered: 1 }, grid, 'nm')).toBe(
      "at the particle's centre, inside",
    );
    expect(peakPhrase({ ...peak, offset: null, covered: null }, grid, 'nm')).toBeNull();
  });

  it('says what is inside and on what grid', () => {
    const particle = { by: 'mask', centre: [0, 0, 0], share: 0.0143, most: 0.5 } as const;
    expect(insidePhrase({ inside: 0.1234 }, particle)).toBe(
      '12% inside the particle (which takes 1.4% of the box)',
    );
    expect(insidePhrase({ inside: null }, particle)).toBeNull();
    expect(gridPhrase(grid, 'nm')).toBe('10³ voxels of 4 nm');
    expect(gridPhrase({ ...grid, shape: [2, 4, 8], voxelSize: [10, 20, 40] }, 'nm')).toBe(
      '8 × 4 × 2 voxels of 1 × 2 × 4 nm',
    );
    const unit = { ...grid, voxelSize: [1, 1, 1] } as const;
    expect(gridPhrase(unit, 'voxels')).toBe('10³ voxels');
    expect(gridPhrase({ ...unit, shape: [1, 6, 7] }, 'pixels')).toBe('7 × 6 pixels');
    expect(gridPhrase({ ...grid, shape: [1, 6, 7] }, 'pixels')).toBe(
      '7 × 6 pixels, each as wide as 40 of the picture’s',
    );
    expect(gridPhrase(grid, 'voxels')).toBe('10³ voxels, each as wide as 40 of the volume’s');
  });
});

import { describe, expect, it } from 'vitest';
import { noise } from '../../testing/random.ts';
import { writeMrc } from '../mrc/index.ts';
import { memorySource, openSource, type Shape3 } from '../volume/index.ts';
import { Halver, halvedGrid } from './halve.ts';
import { readRegion } from './region.ts';
import { quantileAt, RANKS, Slicer, sigmaOf } from './slice.ts';
import { type Axis, Tomogram } from './tomogram.ts';

const GRID = { voxelSize: [10, 10, 10], voxelSizeKnown: true, origin: [5, 6, 7] } as const;

/** A tomogram in a file of which ranges are read. */
async function ranged(shape: Shape3, data: Float32Array) {
  const bytes = writeMrc({ ...GRID, shape, data });
  let most = 0;
  const source = memorySource('t.mrc', bytes);
  const counted = {
    ...source,
    read: (from: number, to: number) => {
      most = Math.max(most, to - from);
      return source.read(from, to);
    },
  };
  const access = await openSource(counted, { smallBytes: 0 });
  expect(access.inMemory).toBe(false);
  return { tomogram: new Tomogram([access]), most: () => most };
}

const never = async () => undefined;

describe('averages of 2 x 2 x 2 voxels', () => {
  it.each([[[6, 4, 8]], [[5, 7, 3]], [[1, 5, 4]]] as const)(
    'of %j are the means, without a last odd voxel',
    (shape) => {
      const [nz, ny, nx] = shape;
      const data = noise(nz * ny * nx, 1);
      const sections: Float32Array[] = [];
      const halver = new Halver(shape, (section) => sections.push(section.slice()));
      for (let z = 0; z < nz; z++) halver.add(data.subarray(z * ny * nx, (z + 1) * ny * nx));
      const grid = halvedGrid({ ...GRID, shape });
      expect(sections).toHaveLength(grid.shape[0]);
      const [sz, sy, sx] = shape.map((n) => (n > 1 ? 2 : 1));
      for (const [z, section] of sections.entries())
        for (let y = 0; y < grid.shape[1]; y++)
          for (let x = 0; x < grid.shape[2]; x++) {
            let sum = 0;
            for (let k = 0; k < sz; k++)
              for (let j = 0; j < sy; j++)
                for (let i = 0; i < sx; i++)
                  sum += data[((z * sz + k) * ny + y * sy + j) * nx + x * sx + i];
            expect(section[y * grid.shape[2] + x]).toBeCloseTo(sum / (sx * sy * sz), 5);
          }
      expect(grid.origin[0]).toBe(5 + (sx - 1) * 5);
    },
  );

  it('leave out what is not finite', () => {
    const got: number[] = [];
    const halver = new Halver([2, 2, 2], (section) => got.push(...section));
    halver.add(Float32Array.of(1, Number.NaN, 1, 1));
    halver.add(Float32Array.of(3, 3, 3, 3));
    expect(got).toEqual([2]);
  });
});

describe('a tomogram', () => {
  const shape = [20, 110, 210] as const;
  const [nz, ny, nx] = shape;
  const data = noise(nz * ny * nx, 2);
  const at = (x: number, y: number, z: number) => data[(z * ny + y) * nx + x];
  const whole = (axis: Axis, pixel: number) => ({
    axis,
    at: { x: 5 + 100 * 10, y: 6 + 50 * 10, z: 7 + 10 * 10 }[axis],
    thickness: 0,
    lowPass: 0,
    pixel,
    window: [0, 1e5, 0, 1e5] as const,
  });

  it('gives slices that lie together in the file at once, others with the averages', async () => {
    const { tomogram } = await ranged(shape, data);
    const slicer = new Slicer(tomogram);
    const xy = (await slicer.slice(whole('z', 10)))!;
    expect([xy.width, xy.height, xy.pixel, xy.origin]).toEqual([nx, ny, [10, 10], [5, 6]]);
    expect(xy.data[7 * nx + 9]).toBe(at(9, 7, 10));
    const xz = (await slicer.slice(whole('y', 10)))!;
    expect(xz.data[3 * nx + 9]).toBe(at(9, 50, 3));
    expect(await slicer.slice(whole('x', 10))).toBeNull();
    const done: number[] = [];
    await tomogram.build(never, (fraction) => done.push(fraction));
    expect(done.at(-1)).toBe(1);
    const yz = (await slicer.slice(whole('x', 10)))!;
    expect([yz.width, yz.height]).toEqual([nz, ny]);
    expect(yz.data[8 * nz + 3]).toBe(at(100, 8, 3));
    const coarse = (await slicer.slice(whole('z', 40)))!;
    expect(coarse.pixel).toEqual([40, 40]);
    expect(coarse.quantiles).toHaveLength(RANKS.length);
  });

  it('averages a slab, and reads no more than is seen', async () => {
    const { tomogram, most } = await ranged(shape, data);
    const slice = (await new Slicer(tomogram).slice({
      ...whole('z', 10),
      thickness: 30,
      window: [205, 405, 206, 406],
    }))!;
    const column = Math.round((305 - slice.origin[0]) / 10);
    const row = Math.round((306 - slice.origin[1]) / 10);
    expect(slice.data[row * slice.width + column]).toBeCloseTo(
      (at(30, 30, 9) + at(30, 30, 10) + at(30, 30, 11)) / 3,
      6,
    );
    expect(slice.thickness).toBe(30);
    expect(slice.width).toBeLessThan(30);
    expect(most()).toBeLessThan(4 * ny * nx * 4);
  });

  it('keeps averages of bytes as bytes', async () => {
    const bytes = Int8Array.from({ length: 4 * 200 * 200 }, (_, i) => (i % 2 === 0 ? -7 : -4));
    const source = memorySource('b.mrc', writeMrc({ ...GRID, shape: [4, 200, 200], data: bytes }));
    const tomogram = new Tomogram([await openSource(source, { smallBytes: 0, signedBytes: true })]);
    await tomogram.build(never, () => undefined);
    const [, half] = tomogram.levels;
    const values = await half.read({ start: [0, 0, 0], shape: [1, 1, 2] });
    expect(values).toEqual(Int8Array.of(-5, -5));
  });

  it('is low-passed to half of the amplitude at the resolution asked for', async () => {
    const period = 20;
    const wave = Float32Array.from({ length: 200 * 200 }, (_, i) =>
      Math.cos((2 * Math.PI * (i % 200)) / period),
    );
    const { tomogram } = await ranged([1, 200, 200], wave);
    const slice = (await new Slicer(tomogram).slice({
      ...whole('z', 10),
      lowPass: 10 * period,
    }))!;
    const middle = slice.data.subarray(100 * 200 + 80, 100 * 200 + 120);
    expect(Math.max(...middle)).toBeCloseTo(0.5, 2);
    expect(sigmaOf(200)).toBeCloseTo(37.48, 2);
  });
});

it('values at percentiles are found between those known', () => {
  const linear = RANKS.map((rank) => 2 * rank);
  for (const rank of [0, 0.5, 1.7, 50, 99.7, 100])
    expect(quantileAt(linear, rank)).toBeCloseTo(2 * rank, 9);
});

describe('a region', () => {
  const shape = [16, 24, 32] as const;
  const data = noise(16 * 24 * 32, 4).map((value, i) => (i % 50 === 0 ? -9 : value));
  const whole = { low: [-1e6, -1e6, -1e6], high: [1e6, 1e6, 1e6], lowPass: 0 } as const;

  it('is read at the finest resolution that there is room for', async () => {
    const { tomogram } = await ranged(shape, data);
    const fine = await readRegion(tomogram.levels, whole);
    expect(fine?.volume).toMatchObject({ shape, voxelSize: GRID.voxelSize, origin: GRID.origin });
    expect(fine?.volume.data).toEqual(data);
    expect(fine?.side).toBe(-1);
    expect(await readRegion(tomogram.levels, whole, 5000)).toBeNull();
    const coarse = halvedGrid({ ...GRID, shape });
    const levels = [...tomogram.levels, { ...tomogram.levels[0], grid: coarse }];
    expect((await readRegion(levels, whole, 5000))?.volume.shape).toEqual(coarse.shape);
  });

  it('holds the voxels that lie in its box', async () => {
    const { tomogram } = await ranged(shape, data);
    const box = { low: [25, 26, 27], high: [64, 46, 46], lowPass: 0 } as const;
    const part = await readRegion(tomogram.levels, box);
    expect(part?.volume).toMatchObject({ shape: [2, 3, 4], origin: [25, 26, 27] });
    expect(part?.volume.data[0]).toBe(data[(2 * 24 + 2) * 32 + 2]);
    const low = await readRegion(tomogram.levels, { ...whole, lowPass: 60 });
    expect(low!.deviation).toBeLessThan(
      0.5 * (await readRegion(tomogram.levels, whole))!.deviation,
    );
  });
});

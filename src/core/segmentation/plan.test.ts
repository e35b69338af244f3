import { describe, expect, it, test } from 'vitest';
import type { Shape3 } from '../volume/types.ts';
import { inverseAxes, turned, turnedGrid } from './axes.ts';
import { Blender, blendingBytes } from './blend.ts';
import { outputGrid, planTiles, tileStart } from './plan.ts';
import { tileAround, tileValues } from './tile.ts';
import { BLENDING_IDS, openTile, overlapVoxels, type Tiling, tilingOf } from './tiling.ts';

const tiling = (part: Partial<Tiling> = {}): Tiling => tilingOf(undefined, part);
const size = ([z, y, x]: Shape3) => z * y * x;

/** What the tiles of a plan become when each holds `value` of its voxels of the whole output, `channels` of them. */
function blended(
  volume: Shape3,
  tile: Shape3,
  out: Shape3,
  how: Tiling,
  value: (z: number, y: number, x: number, channel: number) => number,
  channels = 2,
) {
  const plan = planTiles(volume, tile, out, how);
  const whole = Array.from({ length: channels }, () => new Float32Array(size(plan.shape)));
  const [nz, ny, nx] = plan.shape;
  const blender = new Blender(plan, channels, ({ axis, index, values }) => {
    const rows = axis === 0 ? ny : nz;
    for (const [c, slice] of values.entries())
      for (let row = 0; row < rows; row++)
        whole[c].set(
          slice.subarray(row * nx, (row + 1) * nx),
          (axis === 0 ? index * ny + row : row * ny + index) * nx,
        );
  });
  let tiles = 0;
  for (const index of blender.tiles()) {
    tiles++;
    const [z0, y0, x0] = index.map((i, axis) => plan.axes[axis].places[i]);
    const values = new Float32Array(size(out) * channels);
    let at = 0;
    for (let z = 0; z < out[0]; z++)
      for (let y = 0; y < out[1]; y++)
        for (let x = 0; x < out[2]; x++)
          for (let c = 0; c < channels; c++) values[at++] = value(z0 + z, y0 + y, x0 + x, c);
    blender.add(index, values);
  }
  blender.finish();
  expect(tiles).toBe(plan.count);
  return { plan, whole };
}

const CASES: readonly (readonly [string, Shape3, Shape3, Shape3])[] = [
  ['longer along z', [23, 9, 11], [8, 8, 8], [8, 8, 8]],
  ['longer along y', [5, 30, 17], [8, 8, 8], [8, 8, 8]],
  ['an output of half the resolution', [21, 20, 33], [8, 8, 16], [4, 4, 8]],
  ['an output that is the middle of the input', [19, 22, 13], [10, 10, 10], [6, 6, 6]],
  ['pictures, section by section', [4, 25, 19], [1, 8, 8], [1, 8, 8]],
  ['a volume smaller than the tile', [5, 6, 7], [8, 8, 8], [8, 8, 8]],
];

describe.each(CASES)('%s', (_, volume, tile, out) => {
  test.each(
    BLENDING_IDS.flatMap((blending) => [0, 0.25, 0.5, 5].map((o) => [blending, o] as const)),
  )('%s with an overlap of %s gives back what all tiles agree on', (blending, overlap) => {
    for (const even of [false, true]) {
      const linear = (z: number, y: number, x: number, c: number) => z + 10 * y - 3 * x + 100 * c;
      const { plan, whole } = blended(
        volume,
        tile,
        out,
        tiling({ blending, overlap, even }),
        linear,
      );
      const [nz, ny, nx] = plan.shape;
      for (let z = 0, at = 0; z < nz; z++)
        for (let y = 0; y < ny; y++)
          for (let x = 0; x < nx; x++, at++)
            for (const [c, values] of whole.entries())
              expect(Math.abs(values[at] - linear(z, y, x, c))).toBeLessThan(1e-3);
    }
  });
});

it('averages what tiles do not agree on by their weights', () => {
  // Two tiles of 4 over 6 voxels with 2 in common: the first says 0, the second 1.
  const plan = planTiles(
    [1, 1, 6],
    [1, 1, 4],
    [1, 1, 4],
    tiling({ blending: 'average', overlap: 2 }),
  );
  expect(plan.axes[2].places).toEqual([0, 2]);
  const rows: number[][] = [];
  const blender = new Blender(plan, 1, ({ values }) => void rows.push([...values[0]]));
  for (const [n, index] of [...blender.tiles()].entries())
    blender.add(index, new Float32Array(4).fill(n));
  blender.finish();
  expect(rows).toEqual([[0, 0, 0.5, 0.5, 1, 1]]);
});

it('leaves out the faces of tiles and reaches beyond the volume for them', () => {
  const plan = planTiles(
    [1, 1, 20],
    [1, 1, 8],
    [1, 1, 8],
    tiling({ blending: 'crop', overlap: 4 }),
  );
  expect(plan.axes[2].places).toEqual([-2, 2, 6, 10, 14]);
  expect(tileStart(plan, [0, 0, 0])).toEqual([0, 0, -2]);
});

it('places the tiles of nnU-Net at equal distances', () => {
  const plan = planTiles([1, 1, 100], [1, 1, 48], [1, 1, 48], tiling({ overlap: 0.5, even: true }));
  expect(plan.axes[2].places).toEqual([0, 17, 35, 52]);
  const regular = planTiles([1, 1, 100], [1, 1, 48], [1, 1, 48], tiling({ overlap: 0.5 }));
  expect(regular.axes[2].places).toEqual([0, 24, 48, 52]);
});

it('holds one tile of depth, whatever the length of the volume', () => {
  const bytes = (nz: number) =>
    blendingBytes(planTiles([nz, 32, 32], [16, 16, 16], [16, 16, 16], tiling()), 3);
  expect(bytes(1000)).toBe(bytes(100));
  expect(bytes(100)).toBe(4 * 4 * 17 * 32 * 32);
});

it('refuses an output that does not lie on its input', () => {
  expect(() => planTiles([40, 40, 40], [10, 10, 10], [7, 7, 7], tiling())).toThrow(
    'the network makes 7³ voxels of 10³; accepted: ',
  );
});

it('keeps the world coordinates of an output of another resolution', () => {
  const grid = { shape: [8, 8, 8], voxelSize: [2, 2, 2], origin: [10, 20, 30] } as const;
  const plan = planTiles([8, 8, 8], [8, 8, 8], [4, 4, 4], tiling());
  expect(outputGrid(grid, plan)).toEqual({
    shape: [4, 4, 4],
    voxelSize: [4, 4, 4],
    origin: [11, 21, 31],
  });
});

it('takes a tile around a place, inside the volume where it can', () => {
  const plan = planTiles([40, 40, 10], [16, 16, 16], [8, 8, 8], tiling());
  const { input, output } = tileAround(plan, [0, 10, 2]);
  expect(output.start).toEqual([0, 6, -1]);
  expect(input).toEqual({ start: [0, 12, -2], shape: [16, 16, 16] });
});

it('pads tiles, and standardises them where the tool does', () => {
  const volume = { data: Float32Array.of(1, 2, 3), shape: [1, 1, 3] as const };
  const tile = (standardised: boolean) =>
    tileValues(volume, [0, 0, 1], [1, 1, 3], { fill: 9, standardised, sections: 1 });
  expect([...tile(false)]).toEqual([2, 3, 9]);
  const values = [...tile(true)];
  expect(values.reduce((a, b) => a + b)).toBeCloseTo(0, 6);
  expect(values.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1, 6);
});

it('gives a network the sections around the one of its tile, the ends repeated', () => {
  const volume = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 1, 2] as const };
  const tile = (z: number) =>
    tileValues(volume, [z, 0, 0], [1, 1, 2], { fill: 9, standardised: false, sections: 3 });
  expect([...tile(1)]).toEqual([1, 3, 5, 2, 4, 6]);
  expect([...tile(2)]).toEqual([3, 5, 5, 4, 6, 6]);
});

it('takes the tile of the tool, but no larger than the volume needs', () => {
  expect(openTile({ tile: [160, 160, 160] }, [200, 960, 928])).toEqual([160, 160, 160]);
  expect(openTile({ tile: [160, 160, 160] }, [100, 960, 928])).toEqual([128, 160, 160]);
  expect(openTile({ tile: [160, 160, 160] }, [100, 90, 37])).toEqual([100, 90, 37]);
  expect(openTile(undefined, [300, 40, 300])).toEqual([128, 64, 128]);
  expect(overlapVoxels(0.5, 160)).toBe(80);
  expect(overlapVoxels(96, 160)).toBe(96);
  expect(overlapVoxels(96, 48)).toBe(32);
});

it('turns a volume to the axes of a network and back', () => {
  const values = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i);
  const to = turned(values, [2, 3, 4], [1, 2, 0]);
  expect([...to.subarray(0, 3)]).toEqual([0, 12, 1]);
  expect(turned(to, [3, 4, 2], inverseAxes([1, 2, 0]))).toEqual(values);
  const grid = { shape: [2, 3, 4], voxelSize: [1, 2, 3], origin: [4, 5, 6] } as const;
  const there = turnedGrid(grid, [1, 2, 0]);
  expect(there).toEqual({ shape: [3, 4, 2], voxelSize: [3, 1, 2], origin: [6, 4, 5] });
  expect(turnedGrid(there, inverseAxes([1, 2, 0]))).toEqual(grid);
});

import { describe, expect, it } from 'vitest';
import type { FloatVolume } from '../core/volume/types.ts';
import { fitMosaic, fitSlice, toPixel, toVoxel } from './fit.ts';
import { layOut, tileAt, tileOf } from './mosaic.ts';
import { AXES, planeOf } from './planes.ts';

const volumeOf = (
  shape: [number, number, number],
  voxelSize: [number, number, number],
): FloatVolume => ({
  data: new Float32Array(shape[0] * shape[1] * shape[2]),
  shape,
  voxelSize,
  origin: [0, 0, 0],
});

const box = volumeOf([20, 40, 32], [10, 10, 25]);

describe('fitSlice', () => {
  it('gives the three slices of an anisotropic volume one scale in Å per pixel, both ways', () => {
    for (const axis of AXES) {
      const plane = planeOf(box, axis);
      const rect = fitSlice(plane, 500, 500);
      // The longest edge is 50 nm along z: 500 pixels for 500 Å.
      expect(rect.width).toBe(plane.width * plane.voxel[0]);
      expect(rect.height).toBe(plane.height * plane.voxel[1]);
    }
  });

  it('fills the box whole, from its top left corner', () => {
    const { left, top, width, height } = fitSlice(planeOf(box, 'z'), 301, 120);
    expect([left, top]).toEqual([0, 0]);
    expect(width).toBeLessThanOrEqual(301);
    // 40 of the 50 nm that the slices need upwards.
    expect(height).toBe(96);
  });
});

describe('pixels and voxels', () => {
  it('are inverse, with up towards the top', () => {
    for (const axis of AXES) {
      const plane = planeOf(box, axis);
      const rect = fitSlice(plane, 333, 277);
      for (let v = 0; v < plane.height; v++) {
        for (let u = 0; u < plane.width; u++) {
          expect(toVoxel(plane, rect, ...toPixel(plane, rect, u, v))).toEqual([u, v]);
        }
      }
      expect(toPixel(plane, rect, 0, 5)[1]).toBeLessThan(toPixel(plane, rect, 0, 4)[1]);
      expect(toVoxel(plane, rect, -50, 1e4)).toEqual([0, 0]);
    }
  });
});

describe('the mosaic', () => {
  it('shows all 40 slices of a subtomogram, in rows that fill the box', () => {
    const plane = planeOf(volumeOf([40, 40, 40], [10, 10, 10]), 'z');
    expect(fitMosaic(plane, 800, 500, 20)).toEqual({ columns: 8, rows: 5, stride: 1, tiles: 40 });
  });

  it('leaves slices out rather than drawing specks', () => {
    const plane = planeOf(volumeOf([512, 8, 8], [10, 10, 10]), 'z');
    const grid = fitMosaic(plane, 300, 150, 26);
    expect(grid.stride).toBeGreaterThan(1);
    expect(grid.tiles).toBe(Math.ceil(512 / grid.stride));
    expect(grid.columns * 26).toBeLessThanOrEqual(300);
  });

  it('finds the tile under a pixel', () => {
    const density = volumeOf([40, 40, 40], [10, 10, 10]);
    const mosaic = layOut({ density } as unknown as Parameters<typeof layOut>[0], 640, 400, 2);
    for (let i = 0; i < mosaic.grid.tiles; i++) {
      const { left, top, width, height } = mosaic.tile(i);
      expect(tileAt(mosaic, left + width / 2, top + height / 2)).toBe(i);
      expect(left + width).toBeLessThanOrEqual(640);
      expect(top + height).toBeLessThanOrEqual(400);
    }
    expect(tileOf(mosaic, 17)).toBe(17);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { isosurface } from '../core/surface/isosurface.ts';
import { mergeShells } from '../core/surface/shells.ts';
import { centroids } from '../core/surface/sort.ts';
import { sampled } from '../core/surface/testing.ts';
import type { Triple } from './camera.ts';
import { boxEdges, crosshairEdges, octantOf } from './lines.ts';
import { axisArms } from './axisArms.ts';
import { ShellGeometry } from './shellGeometry.ts';

const field = sampled([16, 16, 16], [1, 1, 1], (x, y, z) => -Math.hypot(x - 1, y, z));
const mesh = mergeShells([
  isosurface(field, -6, { enclose: 'above' }),
  isosurface(field, -3, { enclose: 'above' }),
]);

function depths(shells: ShellGeometry, along: Triple): number[] {
  const middle = centroids(mesh.positions, shells.geometry.getIndex()!.array as Uint32Array);
  return Array.from(
    { length: middle.length / 3 },
    (_, i) =>
      middle[3 * i] * along[0] + middle[3 * i + 1] * along[1] + middle[3 * i + 2] * along[2],
  );
}

const inversions = (values: number[]) =>
  values.filter((value, i) => i > 0 && value > values[i - 1] + 12 / 8191).length;

describe('ShellGeometry', () => {
  it('draws back to front along every direction it is sorted for', () => {
    const shells = new ShellGeometry(mesh);
    const directions: Triple[] = [
      [0, 0, -1],
      [0, 0, 1],
      [0.8, -0.6, 0],
    ];
    for (const along of directions) {
      expect(inversions(depths(shells, along))).toBeGreaterThan(0);
      expect(shells.sortFor(along, null, true)).toBe(true);
      expect(inversions(depths(shells, along))).toBe(0);
    }
  });

  it('sorts again only when the direction has turned by a degree', () => {
    const shells = new ShellGeometry(mesh);
    const index = shells.geometry.getIndex()!;
    shells.sortFor([0, 0, 1], null, false);
    const { version } = index;
    shells.sortFor([Math.sin(0.01), 0, Math.cos(0.01)], null, false);
    expect(index.version).toBe(version);
    shells.sortFor([Math.sin(0.03), 0, Math.cos(0.03)], null, false);
    expect(index.version).toBe(version + 1);
    shells.sortFor([0, 0, 1], [0, 0, -40], false);
    expect(index.version).toBe(version + 2);
  });

  it('leaves the numbers of the mesh alone, paints each shell, and lets its buffers go', () => {
    const before = mesh.indices.slice();
    const shells = new ShellGeometry(mesh);
    shells.sortFor([1, 0, 0], null, false);
    expect(mesh.indices).toEqual(before);
    shells.paint([
      { color: [10, 20, 30], opacity: 0.5 },
      { color: [200, 100, 0], opacity: 1 },
    ]);
    const tint = shells.geometry.getAttribute('tint').array;
    expect([...tint.slice(0, 4)]).toEqual([10, 20, 30, 128]);
    expect([...tint.slice(-4)]).toEqual([200, 100, 0, 255]);
    const disposed = vi.fn();
    shells.geometry.addEventListener('dispose', disposed);
    shells.dispose();
    expect(disposed).toHaveBeenCalledOnce();
  });
});

describe('lines and axes', () => {
  const bounds = { centre: [10, 20, 30], half: [1, 2, 3] } as const;

  it('leaves out the three edges at the nearest corner', () => {
    const octant = octantOf([0.2, -0.4, 0.9]);
    expect(octant).toBe(5);
    const points = boxEdges(bounds, octant);
    expect(points.length).toBe(9 * 2 * 3);
    for (let i = 0; i < points.length; i += 3) {
      expect([...points.subarray(i, i + 3)]).not.toEqual([1, -2, 3]);
    }
  });

  it('crosses at the crosshair, wall to wall, and stays inside', () => {
    expect([...crosshairEdges(bounds, [10.5, 20, 99])]).toEqual([
      -1, 0, 3, 1, 0, 3, 0.5, -2, 3, 0.5, 2, 3, 0.5, 0, -3, 0.5, 0, 3,
    ]);
  });

  it('shows x right and y up along the beam, the farthest axis first', () => {
    const arms = axisArms([0, 0, 0, 1], 10);
    expect(arms.map(({ name }) => name)).toEqual(['x', 'y', 'z']);
    expect(arms[0].end[0]).toBeCloseTo(10);
    expect(arms[1].end[1]).toBeCloseTo(-10);
    expect(arms[2].depth).toBeCloseTo(1);
  });
});

import { describe, expect, it } from 'vitest';
import { isosurface } from './isosurface.ts';
import { mostVisible, rayHits } from './ray.ts';
import { mergeShells, shellOf } from './shells.ts';
import { centroids, DEPTH_STEPS, triangleSorter } from './sort.ts';
import { sampled } from './testing.ts';

const ball = (radius: number) =>
  isosurface(
    sampled([24, 24, 24], [1, 1, 1], (x, y, z) => radius - Math.hypot(x, y, z)),
    0,
  );
const shells = mergeShells([ball(10), ball(7), ball(4)]);
const directions = [
  [0, 0, 1],
  [0, 0, -1],
  [1, 0, 0],
  [0.6, -0.64, 0.48],
  [-3, 2, 7],
] as const;

const triple = (indices: Uint32Array, t: number) => indices.subarray(t * 3, t * 3 + 3).join();

describe('triangleSorter', () => {
  const sorter = triangleSorter(shells.indices, shells.centres);
  const out = new Uint32Array(shells.indices.length);

  it.each(directions)('orders every triangle back to front along (%d, %d, %d)', (...towards) => {
    sorter.byDirection([...towards], out);
    const middle = centroids(shells.positions, out);
    const length = Math.hypot(...towards);
    const tolerance = (length * 22) / (DEPTH_STEPS - 1);
    for (let i = 3; i < middle.length; i += 3) {
      const depth = (at: number) =>
        middle[at] * towards[0] + middle[at + 1] * towards[1] + middle[at + 2] * towards[2];
      if (depth(i) > depth(i - 3) + tolerance) throw new Error(`triangle ${i / 3} is out of order`);
    }
  });

  it('keeps every triangle once, with its winding', () => {
    sorter.byDistance([30, 4, -20], out);
    const before = Array.from({ length: sorter.count }, (_, t) => triple(shells.indices, t)).sort();
    const after = Array.from({ length: sorter.count }, (_, t) => triple(out, t)).sort();
    expect(after).toEqual(before);
  });

  it('goes by distance for a perspective eye', () => {
    const eye = [14, 3, 2] as const;
    sorter.byDistance(eye, out);
    const middle = centroids(shells.positions, out);
    const distance = (at: number) =>
      Math.hypot(middle[at] - eye[0], middle[at + 1] - eye[1], middle[at + 2] - eye[2]);
    for (let i = 3; i < middle.length; i += 3) {
      expect(distance(i)).toBeLessThanOrEqual(distance(i - 3) + 30 / (DEPTH_STEPS - 1));
    }
  });

  it('is stable for triangles at one depth, and takes an empty mesh', () => {
    const flat = Uint32Array.of(0, 1, 2, 2, 1, 3);
    const order = new Uint32Array(6);
    triangleSorter(flat, Float32Array.of(1, 0, 5, 2, 0, 5)).byDirection([0, 0, 1], order);
    expect(order).toEqual(flat);
    triangleSorter(new Uint32Array(), new Float32Array()).byDirection([0, 0, 1], new Uint32Array());
  });
});

describe('mergeShells', () => {
  it('keeps each shell in its own range', () => {
    expect(shells.triangleStarts.at(-1)).toBe(shells.indices.length / 3);
    for (let t = 0; t < shells.indices.length / 3; t++) {
      const shell = shellOf(shells, t);
      for (const vertex of shells.indices.subarray(t * 3, t * 3 + 3)) {
        const inside =
          vertex >= shells.vertexStarts[shell] && vertex < shells.vertexStarts[shell + 1];
        if (!inside) throw new Error(`triangle ${t} uses vertex ${vertex} of another shell`);
      }
    }
  });
});

describe('rayHits', () => {
  it('meets nested spheres at their radii, entering and leaving', () => {
    const hits = rayHits(shells, [0.21, 0.13, 30], [0, 0, -1]);
    const expected = [20, 23, 26, 34, 37, 40];
    expect(hits.length).toBe(6);
    hits.forEach((hit, i) => {
      expect(Math.abs(hit.distance - expected[i])).toBeLessThan(0.1);
    });
    expect(hits.map((hit) => shellOf(shells, hit.triangle))).toEqual([0, 1, 2, 2, 1, 0]);
    expect(rayHits(shells, [20, 20, 30], [0, 0, -1])).toEqual([]);
  });

  it('chooses what shows most', () => {
    const hits = rayHits(shells, [0.21, 0.13, 30], [0, 0, -1]);
    const opacity = (values: number[]) => (t: number) => values[shellOf(shells, t)];
    expect(mostVisible(hits, opacity([0.1, 0.2, 0.9]))?.triangle).toBe(hits[2].triangle);
    expect(mostVisible(hits, opacity([0.5, 0.5, 0.5]))?.triangle).toBe(hits[0].triangle);
    expect(mostVisible([], () => 1)).toBeNull();
  });
});

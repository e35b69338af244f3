import { uniform } from '../../testing/random.ts';
import { describe, expect, it } from 'vitest';
import type { FloatVolume, Vec3 } from '../volume/types.ts';
import { isosurface } from './isosurface.ts';
import { meshArea, meshVolume, type SurfaceMesh } from './mesh.ts';
import { sampled, topology } from './testing.ts';

const sphere = (radius: number, centre: Vec3 = [0, 0, 0]) => {
  const [cx, cy, cz] = centre;
  return (x: number, y: number, z: number) => radius - Math.hypot(x - cx, y - cy, z - cz);
};

/** Grid edges, the border's included, that have one end inside: the vertices a surface must have. */
function crossedEdges({ data, shape: [nz, ny, nx] }: FloatVolume, level: number): number {
  const inside = (x: number, y: number, z: number) =>
    x >= 0 && y >= 0 && z >= 0 && x < nx && y < ny && z < nz && data[(z * ny + y) * nx + x] > level;
  let count = 0;
  for (let z = -1; z < nz; z++)
    for (let y = -1; y < ny; y++)
      for (let x = -1; x < nx; x++) {
        const here = inside(x, y, z);
        if (here !== inside(x + 1, y, z)) count++;
        if (here !== inside(x, y + 1, z)) count++;
        if (here !== inside(x, y, z + 1)) count++;
      }
  return count;
}

function expectClosed(mesh: SurfaceMesh): void {
  expect(topology(mesh)).toMatchObject({ badEdges: 0, badVertices: 0 });
  for (let i = 0; i < mesh.normals.length; i += 3) {
    const length = Math.hypot(mesh.normals[i], mesh.normals[i + 1], mesh.normals[i + 2]);
    if (Math.abs(length - 1) > 1e-5) throw new Error(`normal ${i / 3} has length ${length}`);
  }
}

describe('isosurface of a sphere', () => {
  it.each<[string, [number, number, number], Vec3]>([
    ['isotropic', [41, 41, 41], [10, 10, 10]],
    ['anisotropic', [21, 41, 61], [7, 10, 20]],
  ])('has the right vertices, area, volume and normals: %s voxels', (_, shape, voxelSize) => {
    const radius = 150;
    const volume = sampled(shape, voxelSize, sphere(radius));
    const mesh = isosurface(volume, 0);
    expectClosed(mesh);
    expect(topology(mesh)).toMatchObject({ euler: 2, components: 1 });
    expect(mesh.positions.length / 3).toBe(crossedEdges(volume, 0));
    const h = Math.max(...voxelSize) / radius;
    expect(Math.abs(meshArea(mesh) / (4 * Math.PI * radius ** 2) - 1)).toBeLessThan(h * h);
    expect(Math.abs(meshVolume(mesh) / ((4 / 3) * Math.PI * radius ** 3) - 1)).toBeLessThan(h * h);
    for (let i = 0; i < mesh.positions.length; i += 3) {
      const p = mesh.positions.subarray(i, i + 3);
      const n = mesh.normals.subarray(i, i + 3);
      expect(Math.abs(Math.hypot(...p) - radius)).toBeLessThan(radius * h * h);
      expect((p[0] * n[0] + p[1] * n[1] + p[2] * n[2]) / Math.hypot(...p)).toBeGreaterThan(0.999);
    }
  });

  it('converges with the square of the voxel', () => {
    const error = (n: number) => {
      const mesh = isosurface(sampled([n, n, n], [80 / n, 80 / n, 80 / n], sphere(30)), 0);
      return Math.abs(meshVolume(mesh) / ((4 / 3) * Math.PI * 30 ** 3) - 1);
    };
    expect(error(20) / error(40)).toBeGreaterThan(3.4);
    expect(error(40) / error(80)).toBeGreaterThan(3.4);
  });

  it('keeps its place in the world: origin and voxel size', () => {
    const volume = sampled(
      [20, 22, 24],
      [4, 5, 6],
      sphere(30, [1010, -960, 540]),
      [950, -1010, 502],
    );
    const { positions } = isosurface(volume, 0);
    const mean = [0, 1, 2].map(
      (axis) =>
        positions.filter((_, i) => i % 3 === axis).reduce((a, b) => a + b, 0) /
        (positions.length / 3),
    );
    expect(Math.hypot(mean[0] - 1010, mean[1] + 960, mean[2] - 540)).toBeLessThan(0.5);
  });

  it('encloses the dark side of a negative level, with the same surface', () => {
    const bright = sampled([30, 30, 30], [1, 1, 1], (x, y, z) =>
      Math.exp(-(x * x + y * y + z * z) / 40),
    );
    const dark = { ...bright, data: bright.data.map((v) => -v) };
    expect(isosurface(dark, -0.3)).toEqual(isosurface(bright, 0.3));
    const shell = isosurface(bright, 0.3, { enclose: 'below' });
    expect(meshVolume(shell)).toBeCloseTo(29 ** 3 - meshVolume(isosurface(bright, 0.3)), -1);
  });

  it.each([1e-9, 1e-4, 1e4, 1e9])(
    'does not depend on the scale of values or voxels: %d',
    (scale) => {
      const reference = isosurface(sampled([24, 24, 24], [1, 1, 1], sphere(8)), 0.5);
      const scaled = isosurface(
        sampled(
          [24, 24, 24],
          [scale, scale, scale],
          (x, y, z) => scale * sphere(8 * scale)(x, y, z),
        ),
        0.5 * scale * scale,
      );
      expect(scaled.indices).toEqual(reference.indices);
      expect(meshVolume(scaled) / scale ** 3 / meshVolume(reference)).toBeCloseTo(1, 5);
      scaled.normals.forEach((value, i) => {
        expect(Math.abs(value - reference.normals[i])).toBeLessThan(1e-4);
      });
    },
  );
});

describe('isosurface of other shapes', () => {
  it('torus: genus one, area 4 pi^2 R r, volume 2 pi^2 R r^2', () => {
    const torus = (x: number, y: number, z: number) => 6 - Math.hypot(Math.hypot(x, y) - 15, z);
    const mesh = isosurface(sampled([40, 50, 50], [1, 1, 1], torus), 0);
    expectClosed(mesh);
    expect(topology(mesh)).toMatchObject({ euler: 0, components: 1 });
    expect(meshArea(mesh) / (4 * Math.PI ** 2 * 15 * 6)).toBeCloseTo(1, 1.9);
    expect(meshVolume(mesh) / (2 * Math.PI ** 2 * 15 * 36)).toBeCloseTo(1, 1.6);
  });

  it('two spheres: two closed components', () => {
    const one = sphere(6, [-9, 0, 0]);
    const two = sphere(4, [9, 2, 1]);
    const mesh = isosurface(
      sampled([30, 30, 40], [1, 1, 1], (x, y, z) => Math.max(one(x, y, z), two(x, y, z))),
      0,
    );
    expectClosed(mesh);
    expect(topology(mesh)).toMatchObject({ euler: 4, components: 2 });
    expect(Math.abs(meshVolume(mesh) / ((4 / 3) * Math.PI * (216 + 64)) - 1)).toBeLessThan(1 / 36);
  });

  it('cylinder through the box: capped on the outermost samples, cap normals along the axis', () => {
    const mesh = isosurface(
      sampled([25, 31, 31], [1, 1, 2], (x, y) => 9 - Math.hypot(x, y)),
      0,
    );
    expectClosed(mesh);
    expect(topology(mesh)).toMatchObject({ euler: 2, components: 1 });
    expect(meshVolume(mesh) / (Math.PI * 81 * 48)).toBeCloseTo(1, 1.9);
    const top = Math.max(...mesh.positions.filter((_, i) => i % 3 === 2));
    expect(top).toBe(24);
    let caps = 0;
    for (let i = 0; i < mesh.positions.length; i += 3) {
      const [x, y, z] = mesh.positions.subarray(i, i + 3);
      if (z === 24 && Math.hypot(x, y) < 7) {
        expect([...mesh.normals.subarray(i, i + 3)]).toEqual([0, 0, 1]);
        caps++;
      }
    }
    expect(caps).toBeGreaterThan(100);
  });

  it('gyroid cut by the box is closed, and so is its complement', () => {
    const gyroid = (x: number, y: number, z: number) =>
      Math.sin(x / 4) * Math.cos(y / 4) +
      Math.sin(y / 4) * Math.cos(z / 4) +
      Math.sin(z / 4) * Math.cos(x / 4);
    const volume = sampled([33, 37, 41], [1, 1, 1], gyroid);
    const above = isosurface(volume, 0.2);
    const below = isosurface(volume, 0.2, { enclose: 'below' });
    expectClosed(above);
    expectClosed(below);
    expect(meshVolume(above) + meshVolume(below)).toBeCloseTo(32 * 36 * 40, 0);
  });

  it('noise, where every ambiguous cell occurs, is a closed 2-manifold; ties and NaN too', () => {
    const random = uniform(1);
    const noise = sampled([24, 24, 24], [1, 1, 1], () => random() - 0.5);
    expectClosed(isosurface(noise, 0));
    expectClosed(isosurface(noise, 0.1, { step: 3 }));
    expectClosed(
      isosurface(
        sampled([20, 20, 20], [1, 1, 1], () => Math.round(random() * 4)),
        2,
      ),
    );
    expectClosed(
      isosurface(
        sampled([20, 20, 20], [1, 1, 1], () => (random() < 0.2 ? Number.NaN : random())),
        0.4,
      ),
    );
  });

  it.each([
    [0.9, 1, 'joined where the saddle of the shared face is above the level'],
    [0.1, 2, 'separated where it is below'],
  ])('two diagonal corners of %d: %d component(s), %s', (corner, components) => {
    // One layer of samples: the bilinear saddle of (c, -0.5; -0.5, c) is (c^2 - 0.25) / (2c + 1).
    const data = Float32Array.of(corner, -0.5, -0.5, corner);
    const mesh = isosurface({ data, shape: [1, 2, 2], voxelSize: [1, 1, 1], origin: [0, 0, 0] }, 0);
    expect(topology(mesh)).toMatchObject({ badEdges: 0, badVertices: 0, components });
  });

  it('uniform volumes: nothing, or the whole box', () => {
    const ones = sampled([5, 6, 7], [1, 2, 3], () => 1);
    expect(isosurface(ones, 2).indices.length).toBe(0);
    expect(isosurface(ones, 1).indices.length).toBe(0);
    expect(meshVolume(isosurface(ones, 1))).toBe(0);
    const box = isosurface(ones, 0.5);
    expectClosed(box);
    expect(meshVolume(box)).toBeCloseTo(6 * 10 * 12, 4);
    expect(meshArea(box)).toBeCloseTo(2 * (6 * 10 + 6 * 12 + 10 * 12), 4);
    expect(
      isosurface(
        sampled([4, 4, 4], [1, 1, 1], () => Number.NaN),
        0,
      ).indices.length,
    ).toBe(0);
  });

  it('a larger step covers the same box', () => {
    const box = isosurface(
      sampled([12, 9, 10], [1, 1, 1], () => 1),
      0.5,
      { step: 4 },
    );
    expect(meshVolume(box)).toBeCloseTo(11 * 8 * 9, 4);
  });
});

describe('isosurface refuses and stops', () => {
  const volume = sampled([8, 8, 8], [1, 1, 1], sphere(3));
  it('bad levels and steps', () => {
    expect(() => isosurface(volume, Number.NaN)).toThrow(/finite/);
    expect(() => isosurface(volume, 0, { step: 0 })).toThrow(/positive whole number/);
  });
  it('too many triangles, in words', () => {
    expect(() => isosurface(volume, 0, { maxTriangles: 10 })).toThrow(/more than 10 triangles/);
  });
  it('when asked to', () => {
    let asked = 0;
    expect(() => isosurface(volume, 0, { shouldStop: () => ++asked > 3 })).toThrow('Cancelled.');
    expect(asked).toBe(4);
  });
});

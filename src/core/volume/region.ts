import type { Grid } from './grid.ts';
import type { Shape3, SourceVolume, Vec3, VoxelArray } from './types.ts';

/** A box of voxels `[start, start + shape)` of a volume, z, y, x. */
export interface Region {
  readonly start: Shape3;
  readonly shape: Shape3;
}

export function wholeRegion(shape: Shape3): Region {
  return { start: [0, 0, 0], shape };
}

export function isWhole({ start, shape }: Region, of: Shape3): boolean {
  return start.every((n) => n === 0) && shape.every((n, axis) => n === of[axis]);
}

/** The grid of a region of a volume, in the same world coordinates. */
export function gridOfRegion<G extends Grid>(grid: G, { start, shape }: Region): G {
  const { origin, voxelSize } = grid;
  const moved: Vec3 = [
    origin[0] + start[2] * voxelSize[0],
    origin[1] + start[1] * voxelSize[1],
    origin[2] + start[0] * voxelSize[2],
  ];
  return { ...grid, shape, origin: moved };
}

/** A copy of the values in a region; the volume itself when it is all of it. */
export function takeRegion(volume: SourceVolume, region: Region): SourceVolume {
  if (isWhole(region, volume.shape)) return volume;
  const [nz, ny, nx] = region.shape;
  const [z0, y0, x0] = region.start;
  const [, rows, columns] = volume.shape;
  const data = sameType(volume.data, nz * ny * nx);
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++, at += nx) {
      const from = ((z0 + z) * rows + y0 + y) * columns + x0;
      data.set(volume.data.subarray(from, from + nx), at);
    }
  }
  return { ...gridOfRegion(volume, region), data };
}

/** `count` sections around one, which is in their middle or, of an even count, behind it; the ends are repeated. */
export function sectionsAround(
  { data, shape: [nz, ny, nx] }: Pick<SourceVolume<Float32Array>, 'data' | 'shape'>,
  section: number,
  count: number,
): Float32Array[] {
  const first = section - Math.floor(count / 2);
  return Array.from({ length: count }, (_, i) => {
    const at = Math.min(nz - 1, Math.max(0, first + i)) * ny * nx;
    return data.subarray(at, at + ny * nx);
  });
}

/** An empty array of the type of another. */
export function sameType<A extends VoxelArray>(array: A, length: number): A {
  return new (array.constructor as new (length: number) => A)(length);
}

import type { FloatVolume, Vec3 } from '../core/volume/types.ts';

export const AXES = ['z', 'y', 'x'] as const;
/** A slice is named by the axis it is perpendicular to. */
export type Axis = (typeof AXES)[number];

type Component = 0 | 1 | 2;

/**
 * Which way each slice is seen, y or z pointing up as in 3dmod. The world is right-handed, so the
 * z-slice is seen from +z (against the beam), the y-slice from -y and the x-slice from +x.
 *
 *     z-slice      y-slice      x-slice
 *     y            z            z
 *     ^            ^            ^
 *     +-> x        +-> x        +-> y
 */
export const ORIENTATION: Readonly<
  Record<Axis, { readonly across: Component; readonly up: Component; readonly through: Component }>
> = {
  z: { across: 0, up: 1, through: 2 },
  y: { across: 0, up: 2, through: 1 },
  x: { across: 1, up: 2, through: 0 },
};

/** The grid of one family of parallel slices. */
export interface Plane {
  readonly axis: Axis;
  /** Voxels across and up. */
  readonly width: number;
  readonly height: number;
  /** Å per voxel across and up. */
  readonly voxel: readonly [across: number, up: number];
  /** Number of slices. */
  readonly count: number;
  /** Å across and up that all three orthogonal slices fit into, so that they get the same scale; those of an image alone. */
  readonly room: readonly [across: number, up: number];
  /** Rows run from the top, as in pictures. */
  readonly down: boolean;
}

export function planeOf({ shape, voxelSize, rowsDown = false }: FloatVolume, axis: Axis): Plane {
  const { across, up, through } = ORIENTATION[axis];
  const [x, y, z] = voxelSize.map((size, i) => size * shape[2 - i]);
  return {
    axis,
    width: shape[2 - across],
    height: shape[2 - up],
    voxel: [voxelSize[across], voxelSize[up]],
    count: shape[2 - through],
    room: shape[0] === 1 ? [x, y] : [Math.max(x, y), Math.max(y, z)],
    down: rowsDown && axis === 'z',
  };
}

/** The voxel whose box holds a world position (Å), clamped to the volume. */
export function voxelAt({ shape, voxelSize, origin }: FloatVolume, world: Vec3): Vec3 {
  const index = (i: Component) =>
    Math.min(shape[2 - i] - 1, Math.max(0, Math.round((world[i] - origin[i]) / voxelSize[i]) || 0));
  return [index(0), index(1), index(2)];
}

/** Å; world position of a voxel's centre. */
export function worldOf({ voxelSize, origin }: FloatVolume, voxel: Vec3): Vec3 {
  return [0, 1, 2].map((i) => origin[i] + voxel[i] * voxelSize[i]) as unknown as Vec3;
}

export function valueAt({ data, shape }: FloatVolume, [x, y, z]: Vec3): number {
  return data[(z * shape[1] + y) * shape[2] + x];
}

interface Extracted {
  index: number;
  readonly data: Float32Array;
}

const extracted = new WeakMap<FloatVolume, Map<Axis, Extracted>>();

/**
 * Samples `[height][width]` of one slice. A z-slice is a view of the volume; others are gathered
 * into memory that is kept per volume and axis, so the three panels share one copy: it is good until
 * another slice of the same volume and axis is asked for.
 */
export function sliceOf(volume: FloatVolume, axis: Axis, index: number): Float32Array {
  const { data, shape } = volume;
  const [nz, ny, nx] = shape;
  if (axis === 'z') return data.subarray(index * ny * nx, (index + 1) * ny * nx);

  let byAxis = extracted.get(volume);
  if (!byAxis) extracted.set(volume, (byAxis = new Map()));
  let slice = byAxis.get(axis);
  if (!slice) {
    slice = { index: -1, data: new Float32Array(nz * (axis === 'y' ? nx : ny)) };
    byAxis.set(axis, slice);
  }
  if (slice.index === index) return slice.data;
  slice.index = index;
  if (axis === 'y') {
    for (let z = 0; z < nz; z++) {
      const from = (z * ny + index) * nx;
      slice.data.set(data.subarray(from, from + nx), z * nx);
    }
  } else {
    for (let row = 0, from = index; row < nz * ny; row++, from += nx) slice.data[row] = data[from];
  }
  return slice.data;
}

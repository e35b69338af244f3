import type { FloatVolume, Vec3 } from '../volume/types.ts';

/** What a ray through a map meets. */
export interface Projected {
  /** The value of the largest magnitude on it. */
  readonly value: number;
  /** Å, world. */
  readonly at: Vec3;
}

/**
 * The value with the largest magnitude along a ray, trilinear between voxel centres and constant beyond the outermost
 * ones, as the graphics device samples a texture; null where the ray misses the box. It is the reference for the
 * projection in 3D, and finds the place that a click on it means.
 *
 * @param direction unit vector
 * @param signs range of values that count
 * @param hidden of a place in the world: whether it is cut away
 */
export function projectRay(
  volume: FloatVolume,
  origin: Vec3,
  direction: Vec3,
  signs: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  hidden: (place: Vec3) => boolean = () => false,
): Projected | null {
  const { shape, voxelSize } = volume;
  const sizes = [shape[2], shape[1], shape[0]];
  let [enter, leave] = [0, Number.POSITIVE_INFINITY];
  for (let axis = 0; axis < 3; axis++) {
    // The box goes to the outer faces of its voxels.
    const low = volume.origin[axis] - voxelSize[axis] / 2;
    const high = low + sizes[axis] * voxelSize[axis];
    if (direction[axis] === 0) {
      if (origin[axis] < low || origin[axis] > high) return null;
      continue;
    }
    const [a, b] = [low, high].map((face) => (face - origin[axis]) / direction[axis]);
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  if (!(leave > enter)) return null;
  const voxels = Math.hypot(...direction.map((part, axis) => part / voxelSize[axis]));
  const steps = stepsFor((leave - enter) * voxels);
  let best: Projected | null = null;
  for (let i = 0; i < steps; i++) {
    const t = enter + ((i + 0.5) / steps) * (leave - enter);
    const at: Vec3 = [0, 1, 2].map((axis) => origin[axis] + t * direction[axis]) as never;
    if (hidden(at)) continue;
    const value = Math.min(signs[1], Math.max(signs[0], sampled(volume, at)));
    if (!best || Math.abs(value) > Math.abs(best.value)) best = { value, at };
  }
  return best;
}

/** Samples on a ray that crosses this many voxels: two in each, as many as a graphics device stands. */
export const MOST_STEPS = 768;
const stepsFor = (voxels: number) => Math.min(MOST_STEPS, Math.max(1, Math.ceil(2 * voxels)));

/** Trilinear; beyond the outermost voxel centres as at them. */
function sampled({ data, shape, voxelSize, origin }: FloatVolume, at: Vec3): number {
  const [nz, ny, nx] = shape;
  const [x, y, z] = [nx, ny, nz].map((n, axis) =>
    Math.min(n - 1, Math.max(0, (at[axis] - origin[axis]) / voxelSize[axis])),
  );
  const [x0, y0, z0] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [x1, y1, z1] = [
    Math.min(nx - 1, x0 + 1),
    Math.min(ny - 1, y0 + 1),
    Math.min(nz - 1, z0 + 1),
  ];
  const row = (j: number, k: number) => {
    const from = (k * ny + j) * nx;
    return data[from + x0] + (x - x0) * (data[from + x1] - data[from + x0]);
  };
  const plane = (k: number) => row(y0, k) + (y - y0) * (row(y1, k) - row(y0, k));
  return plane(z0) + (z - z0) * (plane(z1) - plane(z0));
}

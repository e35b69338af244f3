import type { FloatVolume, Volume } from '../core/volume/types.ts';
import { type Axis, ORIENTATION, planeOf } from './planes.ts';

/** The label under a voxel of a slice of `density`, by its place across and up. */
export function labelsAlong(
  density: FloatVolume,
  { data, shape, voxelSize }: Volume<Uint8Array>,
  axis: Axis,
  index: number,
): (across: number, up: number) => number {
  const { across, up, through } = ORIENTATION[axis];
  const steps = [1, shape[2], shape[1] * shape[2]];
  /** Voxels of the density in front of the end of one label. */
  const coarser = voxelSize.map((size, i) => Math.max(1, Math.round(size / density.voxelSize[i])));
  const along = (i: 0 | 1 | 2, voxel: number) =>
    Math.min(shape[2 - i] - 1, Math.floor(voxel / coarser[i])) * steps[i];
  const base = along(through, index);
  return (a, u) => data[base + along(across, a) + along(up, u)];
}

/** 1 where a voxel of a slice of `density` has its centre in a marked voxel, else 0, `[height][width]`. */
export function marksAlong(
  density: FloatVolume,
  { data, shape, voxelSize, origin }: Volume<Uint8Array>,
  axis: Axis,
  index: number,
): Float32Array {
  const { across, up, through } = ORIENTATION[axis];
  const { width, height } = planeOf(density, axis);
  const strides = [1, shape[2], shape[1] * shape[2]];
  /** Where in the data the marks of a plane of voxels begin; -1 outside. */
  const along = (i: 0 | 1 | 2, voxel: number) => {
    const world = density.origin[i] + voxel * density.voxelSize[i];
    const at = Math.round((world - origin[i]) / voxelSize[i]);
    return at >= 0 && at < shape[2 - i] ? at * strides[i] : -1;
  };
  const marks = new Float32Array(width * height);
  const base = along(through, index);
  if (base < 0) return marks;
  const columns = Array.from({ length: width }, (_, a) => along(across, a));
  for (let u = 0, to = 0; u < height; u++) {
    const row = along(up, u);
    for (let a = 0; a < width; a++, to++)
      if (row >= 0 && columns[a] >= 0) marks[to] = data[base + row + columns[a]];
  }
  return marks;
}

import type { FloatVolume, Volume } from '../core/volume/types.ts';
import { type Axis, ORIENTATION } from './planes.ts';

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

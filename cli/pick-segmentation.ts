import { outputGrid } from '../src/core/segmentation/index.ts';
import {
  type SourceGrid,
  type Vec3,
  voxelToWorld,
  worldToVoxel,
} from '../src/core/volume/index.ts';
import type { Segmentation } from '../src/engine/types.ts';
import type { Picked } from './pick-windows.ts';

/** A pick for each component of the classes wanted, at its centroid. */
export function picksOfSegmentation(
  input: SourceGrid,
  { components, plan, tiling, channels }: Segmentation,
  wanted: readonly number[],
  smallest: number,
): (Picked & { readonly voxels: number })[] {
  const grid = outputGrid(input, plan, tiling.axes);
  return components.list
    .filter(({ label, voxels }) => voxels >= smallest && wanted.includes(channels[label - 1]))
    .map(({ label, voxels, centroid: [z, y, x], probability }) => {
      const world = voxelToWorld(grid, [x, y, z]);
      const voxel: Vec3 = worldToVoxel(input, world);
      const rank = { probability, value: probability, merit: probability };
      return { voxel, class: channels[label - 1], ...rank, voxels };
    })
    .sort((a, b) => b.value - a.value);
}

import type { Grid } from '../volume/grid.ts';
import { gridOfRegion } from '../volume/region.ts';
import type { Shape3, Volume } from '../volume/types.ts';
import { type Component, type Components, componentMask } from './components.ts';
import { classShares } from './shares.ts';

/** The voxels of a component, 1 or 0 in the smallest box around it. @param grid of the labels */
export function componentVolume(
  components: Components,
  { id, box }: Component,
  grid: Grid,
): Volume<Uint8Array> {
  const { shape, voxelSize, origin } = gridOfRegion(grid, box);
  return { shape, voxelSize, origin, data: componentMask(components, id, box) };
}

/** A volume of ones and zeros as {@link classShares} draws those of a class. */
export function maskShares({ data, ...grid }: Volume<Uint8Array>): Volume<Uint8Array> | null {
  const [nz, ny, nx] = grid.shape;
  // Smoothing reaches one voxel further.
  const shape: Shape3 = [nz + 2, ny + 2, nx + 2];
  const labels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let z = 0, from = 0; z < nz; z++)
    for (let y = 0; y < ny; y++, from += nx)
      labels.set(data.subarray(from, from + nx), ((z + 1) * shape[1] + y + 1) * shape[2] + 1);
  const wider = gridOfRegion(grid, { start: [-1, -1, -1], shape });
  return classShares({ shape, labels, members: null }, wider).get(1) ?? null;
}

import type { CamMap } from '../core/cam/types.ts';
import { type FloatVolume, nearest, resample } from '../core/volume/index.ts';
import type { MethodMap } from './explain.ts';

type Placed = FloatVolume & { readonly grid: FloatVolume };

const known = new WeakMap<CamMap, Placed>();
const knownBlocks = new WeakMap<CamMap, Placed>();

type Own = Pick<MethodMap, 'map' | 'gridShape'>;

/** A map on the grid of `grid`, both filling the same box; values not scaled. Remembered per map. */
export function resampleMap(own: Own, grid: FloatVolume): FloatVolume {
  return placed(own, grid, known, resample);
}

/** The same with each voxel of the map as one block. */
export function blocksOf(own: Own, grid: FloatVolume): FloatVolume {
  return placed(own, grid, knownBlocks, nearest);
}

function placed(
  { map, gridShape }: Own,
  grid: FloatVolume,
  memory: WeakMap<CamMap, Placed>,
  values: typeof nearest,
): FloatVolume {
  const found = memory.get(map);
  if (found?.grid === grid) return found;
  const { shape, voxelSize, origin } = grid;
  const heatmap = { data: values(map.data, gridShape, shape), shape, voxelSize, origin, grid };
  memory.set(map, heatmap);
  return heatmap;
}

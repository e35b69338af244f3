import type { CamMap } from '../core/cam/types.ts';
import { type FloatVolume, resample } from '../core/volume/index.ts';
import type { MethodMap } from './explain.ts';

const known = new WeakMap<CamMap, FloatVolume & { readonly grid: FloatVolume }>();

/** A map on the grid of `grid`, both filling the same box; values not scaled. Remembered per map. */
export function resampleMap(
  { map, gridShape }: Pick<MethodMap, 'map' | 'gridShape'>,
  grid: FloatVolume,
): FloatVolume {
  const found = known.get(map);
  if (found?.grid === grid) return found;
  const { shape, voxelSize, origin } = grid;
  const heatmap = { data: resample(map.data, gridShape, shape), shape, voxelSize, origin, grid };
  known.set(map, heatmap);
  return heatmap;
}

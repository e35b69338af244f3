import { toMap } from './maps.ts';
import type { CamMap } from './types.ts';

/**
 * A map without what any class would have: the mean of the maps of all classes is taken out. What is left adds up to
 * what the map sums to beyond the mean of the sums.
 *
 * @param all the maps of all classes on the grid of `map`, which is one of them
 */
export function withoutMean(map: CamMap, all: readonly CamMap[]): CamMap {
  const total = new Float64Array(map.data.length);
  for (const { data } of all) for (let v = 0; v < total.length; v++) total[v] += data[v];
  return toMap(total.map((sum, v) => map.data[v] - sum / all.length));
}

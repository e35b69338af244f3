import { toMap } from './maps.ts';
import type { CamMap } from './types.ts';
import { mapTo } from '../typed-arrays.ts';

/** Map of an input x and a gradient g for it, both `[voxels, channels]`: `Σ_l g_l`, or `Σ_l g_l x_l`. */
export function inputMap(
  x: Float32Array,
  g: Float32Array,
  channels: number,
  timesInput: boolean,
): CamMap {
  const map = new Float64Array(x.length / channels);
  for (let v = 0, i = 0; v < map.length; v++)
    for (let l = 0; l < channels; l++, i++) map[v] += timesInput ? g[i] * x[i] : g[i];
  return toMap(map);
}

/** Product of two maps of one grid, with what is below 0 in the second as 0. */
export function productMap(first: ArrayLike<number>, second: ArrayLike<number>): CamMap {
  return toMap(
    mapTo(new Float64Array(first.length), first, (value, v) => value * Math.max(second[v], 0)),
  );
}

import type { CamMap } from '../core/cam/types.ts';
import type { FloatVolume } from '../core/volume/types.ts';
import type { MethodMap } from './explain.ts';

const known = new WeakMap<CamMap, { grid: FloatVolume; heatmap: FloatVolume }>();

/**
 * A map on the grid of `grid`: half-pixel-centred trilinear, both filling the same box; values are
 * not scaled. Remembered per map.
 */
export function resampleMap({ map, layerShape }: MethodMap, grid: FloatVolume): FloatVolume {
  const found = known.get(map);
  if (found && found.grid === grid) return found.heatmap;
  const { shape, voxelSize, origin } = grid;
  const [lz, ly, lx] = layerShape;
  const taps = [lz, ly, lx].map((n, axis) => axisTaps(n, shape[axis]));
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  const at = map.data;
  let i = 0;
  for (const [z0, z1, fz] of taps[0]) {
    for (const [y0, y1, fy] of taps[1]) {
      const r00 = (z0 * ly + y0) * lx;
      const r01 = (z0 * ly + y1) * lx;
      const r10 = (z1 * ly + y0) * lx;
      const r11 = (z1 * ly + y1) * lx;
      for (const [x0, x1, fx] of taps[2]) {
        const near = mix(
          mix(at[r00 + x0], at[r00 + x1], fx),
          mix(at[r01 + x0], at[r01 + x1], fx),
          fy,
        );
        const far = mix(
          mix(at[r10 + x0], at[r10 + x1], fx),
          mix(at[r11 + x0], at[r11 + x1], fx),
          fy,
        );
        data[i++] = mix(near, far, fz);
      }
    }
  }
  const heatmap = { data, shape, voxelSize, origin };
  known.set(map, { grid, heatmap });
  return heatmap;
}

const mix = (a: number, b: number, t: number) => a + (b - a) * t;

/** For each of `to` samples the two neighbours among `from` and the weight of the second. */
function axisTaps(from: number, to: number): [number, number, number][] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, from - 1), at - low];
  });
}

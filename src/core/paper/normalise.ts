import { peakOf } from '../color/index.ts';
import type { FloatVolume } from '../volume/types.ts';

/** A map divided by its own `max |L|`, signs kept (Figure 3); a map of zeros stays as it is. */
export function byPeak(map: FloatVolume): { readonly map: FloatVolume; readonly peak: number } {
  const peak = peakOf(map.data);
  if (peak === 0) return { map, peak };
  return { map: { ...map, data: map.data.map((value) => value / peak) }, peak };
}

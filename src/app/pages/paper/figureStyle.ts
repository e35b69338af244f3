import { levelStyle, PALETTES, signedLevels } from '../../../core/color/index.ts';
import { greyWindow } from '../../../core/color/window.ts';
import { PAPER_DENSITY_LEVEL, PAPER_LEVELS } from '../../../core/paper/index.ts';
import type { FloatVolume } from '../../../core/volume/types.ts';
import type { Shell } from '../../../scene/index.ts';
import type { SliceContent } from '../../../slices/painter.ts';
import { statsOf } from '../../../state/index.ts';

const WHITE: Shell['color'] = [255, 255, 255];
const BLACK: Shell['color'] = [0, 0, 0];
/** Maps are divided by their largest magnitude. */
const SCALE = { limit: 1, palette: PALETTES.paper };

/** The colour of a contour: jet for positive levels, black for negative ones (Figure 3). */
export function contourColor(level: number): Shell['color'] {
  return level < 0 ? BLACK : levelStyle(level, SCALE).color;
}

/** The isosurface of the (dark) density at 0.3 of its minimum, and the contours of a map in it. */
export function paperShells(volume: FloatVolume, map: FloatVolume | null): Shell[] {
  const density: Shell = {
    volume,
    level: PAPER_DENSITY_LEVEL * statsOf(volume.data).min,
    enclose: 'below',
    color: WHITE,
    opacity: map ? 0.18 : 0.9,
  };
  if (!map) return [density];
  const contours = signedLevels(PAPER_LEVELS, 'both').map((level): Shell => {
    // Outer contours are large and only to be looked through.
    const opacity = 0.06 + 0.8 * Math.abs(level) ** 2.2;
    return { volume: map, level, color: contourColor(level), opacity };
  });
  return [density, ...contours];
}

/** All z-slices: the density in grey, or the map alone, jet where positive and grey where negative. */
export function paperSlices(volume: FloatVolume, map: FloatVolume | null): SliceContent {
  return {
    density: volume,
    colour: null,
    heat: map,
    colors: { window: greyWindow(volume.data), scale: SCALE, mix: 'heatmap', sign: 'both' },
    levels: [],
    inputIso: null,
    marked: null,
  };
}

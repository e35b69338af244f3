import { mapUnit } from '../core/cam/index.ts';
import {
  type GreyWindow,
  greyWindow,
  PALETTES,
  signedLevels,
  type SymmetricScale,
} from '../core/color/index.ts';
import type { FloatVolume } from '../core/volume/types.ts';
import type { Column, ShownMap, ViewState } from '../state/index.ts';
import type { ColorBarContent } from './colorBar.ts';
import type { SliceContent } from './painter.ts';

export type ColorChoices = Pick<ViewState, 'palette' | 'sign' | 'sliceMix'>;

const windows = new WeakMap<FloatVolume, GreyWindow>();

function windowOf(volume: FloatVolume): GreyWindow {
  let window = windows.get(volume);
  if (!window) windows.set(volume, (window = greyWindow(volume.data)));
  return window;
}

/** What the slices of a column show. */
export function sliceContent(
  density: FloatVolume,
  { colour, inputIso, shown, marked }: Pick<Column, 'colour' | 'inputIso' | 'shown' | 'marked'>,
  { palette, sign, sliceMix }: ColorChoices,
): SliceContent {
  const scale: SymmetricScale = { limit: shown?.limit ?? 0, palette: PALETTES[palette] };
  return {
    density,
    colour: shown ? null : colour,
    heat: shown?.drawn ?? null,
    colors: { window: windowOf(density), scale, mix: sliceMix, sign },
    levels: shown ? signedLevels(shown.levels, sign) : [],
    // A picture has no surface.
    inputIso: density.rowsDown ? null : inputIso,
    marked,
  };
}

export function colorBarContent(
  shown: ShownMap,
  { palette, sign }: Pick<ColorChoices, 'palette' | 'sign'>,
): ColorBarContent {
  return {
    scale: { limit: shown.limit, palette: PALETTES[palette] },
    unit: mapUnit(shown.method, shown.gridShape),
    levels: signedLevels(shown.levels, sign),
  };
}

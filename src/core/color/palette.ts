import { type Rgb, ramp } from './oklab.ts';

/** Table entries on each side of zero; entry `HALF` is exactly zero. */
export const HALF = 256;
/** Entries of a table, from -1 to +1 of the scale. */
export const ENTRIES = 2 * HALF + 1;

/** What a heatmap is drawn on where no density lies under it; the colour of exactly zero. */
export const NEUTRAL: Rgb = [236, 236, 234];

/** Colours of a symmetric scale as lookup tables over -1..+1. */
export interface Palette {
  /** In the menu. */
  readonly label: string;
  readonly hint: string;
  /** `[ENTRIES][r, g, b, a]`: full colour, and opacity by magnitude, for drawing over a density. */
  readonly overlay: Uint8ClampedArray;
  /** `[ENTRIES][r, g, b, 255]`: the same colour and opacity flattened onto {@link NEUTRAL}. */
  readonly solid: Uint8ClampedArray;
  /** Full colour at `t` in -1..+1: lines, shells and markers of a level. */
  readonly colorOf: (t: number) => Rgb;
}

const warm = ramp([
  { at: 0, color: [253, 178, 112] },
  { at: 0.35, color: [246, 129, 67] },
  { at: 0.65, color: [219, 66, 42] },
  { at: 1, color: [160, 12, 36] },
]);

const cool = ramp([
  { at: 0, color: [143, 199, 232] },
  { at: 0.35, color: [84, 160, 218] },
  { at: 0.65, color: [41, 110, 192] },
  { at: 1, color: [22, 62, 152] },
]);

/** MATLAB's jet over 0..1. */
function jet(t: number): Rgb {
  const channel = (peak: number) =>
    Math.round(255 * Math.min(1, Math.max(0, 1.5 - Math.abs(4 * t - peak))));
  return [channel(3), channel(2), channel(1)];
}

const grey = ramp([
  { at: 0, color: [120, 120, 120] },
  { at: 1, color: [0, 0, 0] },
]);

function build(
  label: string,
  hint: string,
  colorOf: (t: number) => Rgb,
  opacityOf: (magnitude: number) => number,
  /** Share of that opacity used over a density, so that the density shows through. */
  overDensity: number,
): Palette {
  const overlay = new Uint8ClampedArray(ENTRIES * 4);
  const solid = new Uint8ClampedArray(ENTRIES * 4);
  for (let i = 0; i < ENTRIES; i++) {
    const t = (i - HALF) / HALF;
    const color = colorOf(t);
    const opacity = opacityOf(Math.abs(t));
    for (let k = 0; k < 3; k++) {
      overlay[i * 4 + k] = color[k];
      solid[i * 4 + k] = NEUTRAL[k] + opacity * (color[k] - NEUTRAL[k]);
    }
    overlay[i * 4 + 3] = 255 * overDensity * opacity;
    solid[i * 4 + 3] = 255;
  }
  return { label, hint, overlay, solid, colorOf };
}

/** The colours to choose from; the menu is made from these rows. */
export const PALETTES = {
  diverging: build(
    'Blue to red',
    'Readable with every common colour-vision deficiency',
    (t) => (t < 0 ? cool(-t) : warm(t)),
    (magnitude) => magnitude ** 0.6,
    0.82,
  ),
  paper: build(
    'As in the paper',
    'Figure 3 of the paper: jet for positive, black for negative',
    (t) => (t < 0 ? grey(-t) : jet(t)),
    (magnitude) => Math.min(1, magnitude / 0.08),
    0.6,
  ),
};

export type PaletteName = keyof typeof PALETTES;

import { type Rgb, ramp } from './oklab.ts';

export const PALETTE_NAMES = ['diverging', 'paper'] as const;
export type PaletteName = (typeof PALETTE_NAMES)[number];

/** Table entries on each side of zero; entry `HALF` is exactly zero. */
export const HALF = 256;
/** Entries of a table, from -1 to +1 of the scale. */
export const ENTRIES = 2 * HALF + 1;

/** What a heatmap is drawn on where no density lies under it; the colour of exactly zero. */
export const NEUTRAL: Rgb = [236, 236, 234];

/** Colours of a symmetric scale as lookup tables over -1..+1. */
export interface Palette {
  readonly name: PaletteName;
  readonly title: string;
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
  name: PaletteName,
  title: string,
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
  return { name, title, overlay, solid, colorOf };
}

/**
 * `diverging`: orange to red for positive, blue for negative, distinguishable under every common
 * colour-vision deficiency. `paper`: Figure 3 of the paper, jet for positive and grey to black for
 * negative.
 */
export const PALETTES: Readonly<Record<PaletteName, Palette>> = {
  diverging: build(
    'diverging',
    'Blue to red',
    (t) => (t < 0 ? cool(-t) : warm(t)),
    (magnitude) => magnitude ** 0.6,
    0.82,
  ),
  paper: build(
    'paper',
    'As in the paper',
    (t) => (t < 0 ? grey(-t) : jet(t)),
    (magnitude) => Math.min(1, magnitude / 0.08),
    0.6,
  ),
};

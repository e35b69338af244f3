import type { Rgb } from './oklab.ts';

/** Okabe and Ito's colours, which stay apart with every common colour-vision deficiency, without black and yellow. */
const FIRST: readonly Rgb[] = [
  [0, 158, 115],
  [230, 159, 0],
  [86, 180, 233],
  [204, 121, 167],
  [213, 94, 0],
  [0, 114, 178],
  [148, 103, 189],
  [140, 140, 60],
];
/** Turns of the hue by which further colours differ. */
const GOLDEN = 0.618034;

/** Colour of the `index`-th class, from 0. */
export function classColor(index: number): Rgb {
  if (index < FIRST.length) return FIRST[index];
  const turn = (0.07 + (index - FIRST.length) * GOLDEN) % 1;
  const channel = (shift: number) =>
    Math.round(150 + 80 * Math.cos(2 * Math.PI * (turn + shift / 3)));
  return [channel(0), channel(1), channel(2)];
}

/** Colour of a label, which is 0 for no class. */
export const labelColor = (label: number): Rgb => classColor(Math.max(0, label - 1));

/** Colours of labels over a density, `[256][r, g, b, a]`; labels without a colour are not painted. */
export function labelTable(colors: ReadonlyMap<number, Rgb>, opacity: number): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 4);
  for (const [label, color] of colors) table.set([...color, 255 * opacity], 4 * label);
  return table;
}

/**
 * Paints labels over a slice, `[height][width][r, g, b, a]`; row 0 of `out` is the last one, as in `fillSlice`.
 * @param labelAt of a voxel across and up
 */
export function fillLabels(
  out: Uint8ClampedArray,
  width: number,
  height: number,
  labelAt: (across: number, up: number) => number,
  table: Uint8ClampedArray,
): void {
  for (let up = 0; up < height; up++) {
    let to = (height - 1 - up) * width * 4;
    for (let across = 0; across < width; across++, to += 4) {
      const entry = 4 * labelAt(across, up);
      const alpha = table[entry + 3] / 255;
      if (alpha === 0) continue;
      for (let c = 0; c < 3; c++) out[to + c] += alpha * (table[entry + c] - out[to + c]);
    }
  }
}

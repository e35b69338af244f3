import { HALF } from './palette.ts';
import type { SymmetricScale } from './scale.ts';
import type { GreyWindow } from './window.ts';

/** What a slice is painted with: the density, the heatmap over it, or the heatmap alone. */
export type SliceMix = 'density' | 'overlay' | 'heatmap';

export interface SliceColors {
  readonly window: GreyWindow;
  readonly scale: SymmetricScale;
  readonly mix: SliceMix;
  /** Which sign of the heatmap is drawn. */
  readonly sign: 'both' | 'positive' | 'negative';
}

/**
 * Paints one slice into `out`, `[height][width][r, g, b, a]`, allocating nothing.
 *
 * Row 0 of `out` is the last row of the slices: the vertical axis points up. `density` and `heat` are
 * `[height][width]` on the same grid; without `heat` the density is painted whatever the mix. Voxels
 * that are not numbers stay transparent (density) or unpainted (heatmap).
 */
export function fillSlice(
  out: Uint8ClampedArray,
  width: number,
  height: number,
  density: Float32Array,
  heat: Float32Array | null,
  { window, scale, mix, sign }: SliceColors,
): void {
  const grey = !heat || mix !== 'heatmap';
  const table = mix === 'heatmap' ? scale.palette.solid : scale.palette.overlay;
  const greyScale = 255 / (window.high - window.low);
  const heatScale = scale.limit > 0 ? HALF / scale.limit : 0;
  const low = sign === 'positive' ? 0 : -HALF;
  const high = sign === 'negative' ? 0 : HALF;
  const painted = heat && mix !== 'density' ? heat : null;

  for (let row = 0; row < height; row++) {
    let from = (height - 1 - row) * width;
    let to = row * width * 4;
    for (let column = 0; column < width; column++, from++, to += 4) {
      const value = grey ? density[from] : 0;
      const level = Math.min(255, Math.max(0, (value - window.low) * greyScale));
      let r = level;
      let g = level;
      let b = level;
      if (painted) {
        // A step that is not a number (NaN) becomes 0, the centre of the table.
        const step = Math.round(painted[from] * heatScale) || 0;
        const entry = (Math.min(high, Math.max(low, step)) + HALF) * 4;
        const alpha = table[entry + 3] / 255;
        r += alpha * (table[entry] - r);
        g += alpha * (table[entry + 1] - g);
        b += alpha * (table[entry + 2] - b);
      }
      out[to] = r;
      out[to + 1] = g;
      out[to + 2] = b;
      // biome-ignore lint/suspicious/noSelfCompare: the fastest test for NaN
      out[to + 3] = value === value ? 255 : 0;
    }
  }
}

/** Paints a picture of red, green and blue samples 0 to 255; rows as in {@link fillSlice}. */
export function fillColour(
  out: Uint8ClampedArray,
  width: number,
  height: number,
  planes: readonly Float32Array[],
): void {
  for (let row = 0, to = 0; row < height; row++) {
    let from = (height - 1 - row) * width;
    for (let column = 0; column < width; column++, from++, to += 4) {
      for (let c = 0; c < 3; c++) out[to + c] = planes[c][from];
      out[to + 3] = 255;
    }
  }
}

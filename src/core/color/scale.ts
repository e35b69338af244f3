import { HALF, NEUTRAL, type Palette } from './palette.ts';
import type { Rgb } from './oklab.ts';

/** Colours run over `[-limit, +limit]`; a limit of 0 (a map of zeros) paints everything as zero. */
export interface SymmetricScale {
  /** Largest magnitude, in units of the map; finite and not negative. */
  readonly limit: number;
  readonly palette: Palette;
}

/** `max |v|` over the finite samples; 0 for an empty or all-zero map. */
export function peakOf(data: ArrayLike<number>): number {
  let peak = 0;
  for (let i = 0; i < data.length; i++) {
    const magnitude = Math.abs(data[i]);
    if (magnitude > peak && magnitude < Number.POSITIVE_INFINITY) peak = magnitude;
  }
  return peak;
}

/** Table entry of a value; values beyond the limit take the end colours, NaN the centre. */
export function entryOf(value: number, limit: number): number {
  const t = limit > 0 ? value / limit : 0;
  return HALF + (Math.round(Math.min(1, Math.max(-1, t)) * HALF) || 0);
}

/** Colour of a value as drawn where no density lies under it; NaN is drawn as zero. */
export function colorAt(value: number, { limit, palette }: SymmetricScale): Rgb {
  if (Number.isNaN(value)) return NEUTRAL;
  const at = entryOf(value, limit) * 4;
  return [palette.solid[at], palette.solid[at + 1], palette.solid[at + 2]];
}

/** How one iso-level looks everywhere: iso-line, shell and marker on the colour bar. */
export interface LevelStyle {
  readonly color: Rgb;
  /** 0..1, of a shell; rises towards the core so that nested shells stay readable. */
  readonly opacity: number;
}

/** Style of a signed level, in units of the map: outer levels nearly clear, so that inner ones show. */
export function levelStyle(level: number, { limit, palette }: SymmetricScale): LevelStyle {
  const t = limit > 0 ? Math.min(1, Math.max(-1, level / limit)) : 0;
  return { color: palette.colorOf(t), opacity: 0.1 + 0.8 * Math.abs(t) ** 2.5 };
}

/** CSS of a colour, e.g. `rgb(219 66 42 / 0.5)`. */
export function cssColor([r, g, b]: Rgb, alpha = 1): string {
  return alpha === 1 ? `rgb(${r} ${g} ${b})` : `rgb(${r} ${g} ${b} / ${alpha})`;
}

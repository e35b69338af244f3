import {
  cssColor,
  formatSigned,
  formatValue,
  levelStyle,
  type Palette,
  type SymmetricScale,
  symmetricTicks,
} from '../core/color/index.ts';
import type { Context } from './sliceLines.ts';
import type { Rect } from './fit.ts';

export interface ColorBarContent {
  readonly scale: SymmetricScale;
  /** Of the values, e.g. `class score per voxel`. */
  readonly unit: string;
  /** Signed iso-levels, ascending. */
  readonly levels: readonly number[];
}

export interface LabelStyle {
  readonly text: string;
  /** CSS font family. */
  readonly family: string;
}

/** What the two signs mean, in full and where there is little room. */
const SIDES = [
  ['against class', 'for class'],
  ['against', 'for'],
] as const;
const MARKER = 5;
const BAR = 12;
const TEXT = 11;
/** CSS pixels that the bar with its markers, ticks and both lines of text takes. */
export const COLOR_BAR_HEIGHT = 16 + MARKER + BAR + 4 + 14;

/**
 * The colour bar in a rectangle (device pixels; `pixel` of them make a CSS pixel): what the signs mean and
 * `title` on top, level markers in the colours of their lines and shells, the bar, and ticks under it.
 */
export function drawColorBar(
  ctx: Context,
  { scale, unit, levels }: ColorBarContent,
  rect: Rect,
  pixel: number,
  label: LabelStyle,
  title: string = unit,
): void {
  const { limit, palette } = scale;
  const { left, width } = rect;
  const barTop = Math.round(rect.top + (16 + MARKER) * pixel);
  const barHeight = Math.round(BAR * pixel);
  const at = (value: number) => left + (limit > 0 ? (value / limit + 1) / 2 : 0.5) * width;

  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(stripOf(palette), left, barTop, width, barHeight);

  for (const level of levels.filter((value) => Math.abs(value) <= limit)) {
    const x = at(level);
    ctx.beginPath();
    ctx.moveTo(x - 0.8 * MARKER * pixel, barTop - (MARKER + 1) * pixel);
    ctx.lineTo(x + 0.8 * MARKER * pixel, barTop - (MARKER + 1) * pixel);
    ctx.lineTo(x, barTop);
    ctx.closePath();
    ctx.fillStyle = cssColor(levelStyle(level, scale).color);
    ctx.fill();
    // Dark markers on a dark page, pale ones on a light page.
    ctx.globalAlpha = 0.45;
    ctx.lineWidth = 0.75 * pixel;
    ctx.strokeStyle = label.text;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }

  ctx.font = `${TEXT * pixel}px ${label.family}`;
  ctx.fillStyle = label.text;
  ctx.textBaseline = 'top';
  const middle = ctx.measureText(title).width;
  const fits = (sides: readonly string[]) => {
    const side = Math.max(...sides.map((side) => ctx.measureText(side).width));
    return 2 * (side === 0 ? 0 : side + 8 * pixel) + middle < width;
  };
  // Whose bar it is comes before what its signs mean.
  const titled = (title === unit ? SIDES : [...SIDES, ['', '']]).find(fits);
  const [against, inFavour] = titled ?? SIDES[width > 140 * pixel ? 0 : 1];
  ctx.textAlign = 'left';
  ctx.fillText(against, left, rect.top);
  ctx.textAlign = 'right';
  ctx.fillText(inFavour, left + width, rect.top);
  ctx.textAlign = 'center';
  if (titled) {
    ctx.globalAlpha = 0.75;
    ctx.fillText(title, left + width / 2, rect.top);
    ctx.globalAlpha = 1;
  }

  const line = Math.max(1, Math.round(pixel));
  const perSide = Math.min(5, Math.max(1, width / (90 * pixel)));
  for (const tick of symmetricTicks(limit, perSide)) {
    const x = Math.min(left + width - line, Math.round(at(tick) - line / 2));
    const label = formatSigned(tick);
    const half = ctx.measureText(label).width / 2;
    const centre = Math.min(left + width - half, Math.max(left + half, x + line / 2));
    ctx.fillRect(x, barTop + barHeight, line, 3 * pixel);
    ctx.fillText(label, centre, barTop + barHeight + 5 * pixel);
  }
}

const strips = new WeakMap<Palette, OffscreenCanvas>();

/** All colours of a palette in one row. */
function stripOf(palette: Palette): OffscreenCanvas {
  let strip = strips.get(palette);
  if (!strip) {
    strip = new OffscreenCanvas(palette.solid.length / 4, 1);
    const colours = new ImageData(new Uint8ClampedArray(palette.solid), strip.width, 1);
    strip.getContext('2d', { willReadFrequently: true })!.putImageData(colours, 0, 0);
    strips.set(palette, strip);
  }
  return strip;
}

/** What the bar shows, for those who do not see it. */
export function describeColorBar({ scale, unit, levels }: ColorBarContent, title?: string): string {
  const limit = formatValue(scale.limit);
  const range =
    scale.limit > 0
      ? `from −${limit}, against the class, to +${limit}, for the class`
      : 'every value is zero';
  const marks =
    levels.length > 0 ? `; levels at ${levels.map((v) => formatValue(v)).join(', ')}` : '';
  return `Colour scale${title ? ` of ${title}` : ''} in ${unit}: ${range}${marks}`;
}

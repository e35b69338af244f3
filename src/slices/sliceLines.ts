import { cssColor, levelStyle, type SymmetricScale } from '../core/color/index.ts';
import type { IsoLines } from '../core/surface/isolines.ts';
import { type Rect, toPixel } from './fit.ts';
import type { Plane } from './planes.ts';

/** What drawings need of a canvas; `Recorder` of the app's pictures has no more. */
export interface Context {
  fillStyle: string | CanvasGradient | CanvasPattern;
  strokeStyle: string | CanvasGradient | CanvasPattern;
  globalAlpha: number;
  lineWidth: number;
  lineJoin: CanvasLineJoin;
  lineCap: CanvasLineCap;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  imageSmoothingEnabled: boolean;
  imageSmoothingQuality: ImageSmoothingQuality;
  save(): void;
  restore(): void;
  scale(x: number, y: number): void;
  getTransform(): DOMMatrix;
  setTransform(transform?: DOMMatrix2DInit): void;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  closePath(): void;
  fill(): void;
  stroke(): void;
  clip(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): TextMetrics;
  drawImage(image: OffscreenCanvas, x: number, y: number, width: number, height: number): void;
}

/** The input's own contour is dark with a light halo, what is marked the reverse: both are seen on whatever lies below. */
const INPUT_LINE = { line: 'rgb(24 24 26)', width: 1, halo: 'rgb(255 255 255 / 0.7)' };
const MARK_LINE = { line: 'rgb(255 255 255)', width: 1.25, halo: 'rgb(24 24 26 / 0.8)' };

/** Traces iso-lines as the current path, in pixels. */
function trace(ctx: Context, { points, starts, closed }: IsoLines, plane: Plane, rect: Rect) {
  const [left, first] = toPixel(plane, rect, 0, 0);
  const sx = rect.width / plane.width;
  const sy = ((plane.down ? 1 : -1) * rect.height) / plane.height;
  ctx.beginPath();
  for (let line = 0; line < closed.length; line++) {
    for (let i = starts[line]; i < starts[line + 1]; i++) {
      const x = left + points[2 * i] * sx;
      const y = first + points[2 * i + 1] * sy;
      if (i === starts[line]) ctx.moveTo(x, y);
      else ctx.lineTo(x, y);
    }
    if (closed[line]) ctx.closePath();
  }
}

/** Iso-lines of a heatmap in the colours of their levels; `pixel` is device pixels per CSS pixel. */
export function drawHeatLines(
  ctx: Context,
  lines: readonly IsoLines[],
  scale: SymmetricScale,
  plane: Plane,
  rect: Rect,
  pixel: number,
): void {
  ctx.lineJoin = 'round';
  // Inner levels last, on top.
  for (const line of [...lines].sort((a, b) => Math.abs(a.level) - Math.abs(b.level))) {
    trace(ctx, line, plane, rect);
    ctx.lineWidth = 1.25 * pixel;
    ctx.strokeStyle = cssColor(levelStyle(line.level, scale).color);
    ctx.stroke();
  }
}

type LineDrawing = (ctx: Context, line: IsoLines, plane: Plane, rect: Rect, pixel: number) => void;

/** The cut of the input's isosurface. */
export const drawInputLine: LineDrawing = (...at) => drawHaloed(INPUT_LINE, ...at);

/** The edge of what is marked. */
export const drawMarkLine: LineDrawing = (...at) => drawHaloed(MARK_LINE, ...at);

function drawHaloed(
  { line: color, width, halo }: typeof INPUT_LINE,
  ...[ctx, line, plane, rect, pixel]: Parameters<LineDrawing>
): void {
  ctx.lineJoin = 'round';
  trace(ctx, line, plane, rect);
  ctx.lineWidth = (width + 2) * pixel;
  ctx.strokeStyle = halo;
  ctx.stroke();
  ctx.lineWidth = width * pixel;
  ctx.strokeStyle = color;
  ctx.stroke();
}

/** A hairline just inside a rectangle, so that a white slice on a white page has an end. */
export function drawEdge(ctx: Context, rect: Rect, pixel: number): void {
  const line = Math.max(1, Math.round(pixel));
  ctx.lineWidth = line;
  ctx.strokeStyle = 'rgb(128 128 128 / 0.45)';
  const { left, top, width, height } = rect;
  ctx.strokeRect(left + line / 2, top + line / 2, width - line, height - line);
}

/** Half of the gap in a crosshair's middle, in CSS pixels, so that it does not hide what it points at. */
const GAP = 5;

/** A crosshair through a voxel's centre, across the whole rectangle. */
export function drawCrosshair(
  ctx: Context,
  plane: Plane,
  rect: Rect,
  across: number,
  up: number,
  pixel: number,
): void {
  const [cx, cy] = toPixel(plane, rect, across, up);
  const line = Math.max(1, Math.round(pixel));
  const x = Math.round(cx - line / 2);
  const y = Math.round(cy - line / 2);
  const gap = Math.round(GAP * pixel);
  const right = rect.left + rect.width;
  const bottom = rect.top + rect.height;
  const bar = (x0: number, y0: number, x1: number, y1: number) => {
    if (x1 > x0 && y1 > y0) ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
  };
  // A light line with a dark one beside it: one of the two is seen on whatever lies below.
  for (const [shift, color] of [
    [line, 'rgb(0 0 0 / 0.45)'],
    [0, 'rgb(255 255 255 / 0.85)'],
  ] as const) {
    ctx.fillStyle = color;
    bar(rect.left, y + shift, x - gap, y + shift + line);
    bar(x + line + gap, y + shift, right, y + shift + line);
    bar(x + shift, rect.top, x + shift + line, y - gap);
    bar(x + shift, y + line + gap, x + shift + line, bottom);
  }
}

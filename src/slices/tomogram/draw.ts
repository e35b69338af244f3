import { fillGrey, niceBelow, type Rgb } from '../../core/color/index.ts';
import { ACROSS, type Axis, type SlicePicture } from '../../core/tomogram/index.ts';
import type { Vec3 } from '../../core/volume/index.ts';
import { alongOf, pixelOf, type SliceWindow } from './view.ts';

type Context = CanvasRenderingContext2D;

/** Particles over a slice. */
export interface SlicePoints {
  /** World, x, y, z in Å, three numbers each. */
  readonly places: Float64Array;
  /** Which of them are drawn. */
  readonly shown: Uint32Array;
  readonly colorOf: (k: number) => Rgb;
  /** Å from the middle of a particle within which it is cut by the slice. */
  readonly radius: number;
  readonly current: number | null;
}

/** The values of a slice as grey, kept while picture and window are the same. */
export class GreyPicture {
  #canvas: OffscreenCanvas | null = null;
  #made: { picture: SlicePicture; low: number; high: number } | null = null;

  /** Draws a picture where it lies in the window; `scale` is device pixels per CSS pixel. */
  draw(
    ctx: Context,
    picture: SlicePicture,
    [low, high]: readonly [number, number],
    { columns, rows }: SliceWindow,
    pixel: number,
    scale: number,
  ): void {
    this.#make(picture, low, high);
    const { origin, width, height, pixel: own } = picture;
    const left = (origin[0] - own[0] / 2 - columns[0]) / pixel;
    const top = (rows[1] - (origin[1] + (height - 0.5) * own[1])) / pixel;
    const w = (width * own[0]) / pixel;
    const h = (height * own[1]) / pixel;
    ctx.save();
    // Voxels are blocks once they are large.
    ctx.imageSmoothingEnabled = own[0] / pixel < 4;
    ctx.imageSmoothingQuality = 'medium';
    ctx.translate(left * scale, (top + h) * scale);
    ctx.scale(1, -1);
    ctx.drawImage(this.#canvas!, 0, 0, w * scale, h * scale);
    ctx.restore();
  }

  #make(picture: SlicePicture, low: number, high: number): void {
    const made = this.#made;
    if (made?.picture === picture && made.low === low && made.high === high) return;
    const { width, height, data } = picture;
    if (this.#canvas?.width !== width || this.#canvas.height !== height)
      this.#canvas = new OffscreenCanvas(width, height);
    const image = new ImageData(width, height);
    fillGrey(image.data, data, low, high);
    this.#canvas.getContext('2d')!.putImageData(image, 0, 0);
    this.#made = { picture, low, high };
  }
}

/** More particles than this in sight are drawn as dots. */
const MOST_RINGS = 3000;
const FAINT = 0.28;

export function drawPoints(
  ctx: Context,
  points: SlicePoints,
  axis: Axis,
  at: Vec3,
  window: SliceWindow,
  pixel: number,
  scale: number,
): void {
  const { places, colorOf, radius, current } = points;
  const size = Math.min(40, Math.max(3.5, radius / pixel));
  const placeOf = (k: number): Vec3 => [places[3 * k], places[3 * k + 1], places[3 * k + 2]];
  const along = alongOf(axis);
  const isNear = (k: number) => Math.abs(places[3 * k + along] - at[along]) <= radius;
  const ring = (k: number, width: number, color: string, alpha: number) => {
    const [x, y] = pixelOf(axis, window, pixel, placeOf(k));
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = color;
    ctx.lineWidth = width * scale;
    ctx.beginPath();
    ctx.arc(x * scale, y * scale, size * scale, 0, 2 * Math.PI);
    ctx.stroke();
  };
  const seen = inSight(points, axis, window, size * pixel);
  ctx.save();
  if (seen.length > MOST_RINGS)
    drawDots(ctx, seen.filter(isNear), points, axis, window, pixel, scale);
  else
    for (const k of seen) {
      const near = isNear(k);
      ring(k, near ? 1.75 : 1, `rgb(${colorOf(k).join(' ')})`, near ? 1 : FAINT);
    }
  if (current !== null) {
    // On black, so that it is seen on any ground.
    const alpha = isNear(current) ? 1 : 2 * FAINT;
    ring(current, 5, '#000', alpha);
    ring(current, 2.5, '#fff', alpha);
  }
  ctx.restore();
}

/** Which of the particles are in a window, or `beyond` Å from it. */
function inSight(
  { places, shown }: SlicePoints,
  axis: Axis,
  { columns, rows }: SliceWindow,
  beyond: number,
): Uint32Array {
  const [column, row] = ACROSS[axis];
  const [left, right] = [columns[0] - beyond, columns[1] + beyond];
  const [low, high] = [rows[0] - beyond, rows[1] + beyond];
  const out = new Uint32Array(shown.length);
  let count = 0;
  for (let i = 0; i < shown.length; i++) {
    const k = shown[i];
    const x = places[3 * k + column];
    const y = places[3 * k + row];
    if (x >= left && x <= right && y >= low && y <= high) out[count++] = k;
  }
  return out.subarray(0, count);
}

/** Any number of particles, as squares of two CSS pixels that are written into a picture. */
function drawDots(
  ctx: Context,
  ks: Uint32Array,
  { places, colorOf }: SlicePoints,
  axis: Axis,
  window: SliceWindow,
  pixel: number,
  scale: number,
): void {
  const { width, height } = ctx.canvas;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const side = Math.max(1, Math.round(2 * scale));
  const [column, row] = ACROSS[axis];
  const factor = scale / pixel;
  for (let n = 0; n < ks.length; n++) {
    const k = ks[n];
    const [r, g, b] = colorOf(k);
    const color = 0xff000000 | (b << 16) | (g << 8) | r;
    const x = Math.round((places[3 * k + column] - window.columns[0]) * factor);
    const y = Math.round((window.rows[1] - places[3 * k + row]) * factor);
    for (let j = y; j < y + side; j++)
      for (let i = x; i < x + side; i++)
        if (i >= 0 && j >= 0 && i < width && j < height) pixels[j * width + i] = color;
  }
  ctx.putImageData(image, 0, 0);
}

/** Where the other two slices cut this one. */
export function drawCross(
  ctx: Context,
  axis: Axis,
  at: Vec3,
  window: SliceWindow,
  pixel: number,
  scale: number,
): void {
  const [x, y] = pixelOf(axis, window, pixel, at);
  ctx.save();
  ctx.globalAlpha = 0.55;
  ctx.strokeStyle = '#f2c14e';
  ctx.lineWidth = scale;
  ctx.beginPath();
  ctx.moveTo(Math.round(x * scale) + 0.5, 0);
  ctx.lineTo(Math.round(x * scale) + 0.5, ctx.canvas.height);
  ctx.moveTo(0, Math.round(y * scale) + 0.5);
  ctx.lineTo(ctx.canvas.width, Math.round(y * scale) + 0.5);
  ctx.stroke();
  ctx.restore();
}

/** CSS pixels that a scale bar may take. */
const BAR = 110;

/** A bar of a round length in the lower left corner. */
export function drawScaleBar(
  ctx: Context,
  pixel: number,
  unit: string,
  perUnit: number,
  scale: number,
) {
  const length = niceBelow((BAR * pixel) / perUnit);
  const width = ((length * perUnit) / pixel) * scale;
  const [x, y] = [12 * scale, ctx.canvas.height - 12 * scale];
  const text = `${length} ${unit}`;
  ctx.save();
  ctx.font = `600 ${12 * scale}px system-ui, sans-serif`;
  ctx.lineJoin = 'round';
  for (const [color, more] of [
    ['rgb(0 0 0 / 0.75)', 3],
    ['#fff', 0],
  ] as const) {
    ctx.strokeStyle = color;
    ctx.fillStyle = color;
    ctx.lineWidth = (3 + more) * scale;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + width, y);
    ctx.stroke();
    ctx.lineWidth = more * scale;
    if (more > 0) ctx.strokeText(text, x, y - 7 * scale);
    ctx.fillText(text, x, y - 7 * scale);
  }
  ctx.restore();
}

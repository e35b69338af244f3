import { fillGrey, niceBelow, type Rgb } from '../../core/color/index.ts';
import type { Axis, SlicePicture } from '../../core/tomogram/index.ts';
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

/** More particles than this are drawn only where the slice cuts them. */
const MOST_FAINT = 50_000;

export function drawPoints(
  ctx: Context,
  { places, shown, colorOf, radius, current }: SlicePoints,
  axis: Axis,
  at: Vec3,
  window: SliceWindow,
  pixel: number,
  scale: number,
): void {
  const along = alongOf(axis);
  const size = Math.min(40, Math.max(3.5, radius / pixel));
  const faint = shown.length <= MOST_FAINT;
  const right = (window.columns[1] - window.columns[0]) / pixel;
  const bottom = (window.rows[1] - window.rows[0]) / pixel;
  const circle = (k: number, width: number, color: string, alpha: number) => {
    const place: Vec3 = [places[3 * k], places[3 * k + 1], places[3 * k + 2]];
    const away = Math.abs(place[along] - at[along]);
    const [x, y] = pixelOf(axis, window, pixel, place);
    if (x < -size || y < -size || x > right + size || y > bottom + size) return;
    const near = away <= radius;
    if (!near && !faint && k !== current) return;
    ctx.globalAlpha = near ? alpha : 0.28;
    ctx.strokeStyle = color;
    ctx.lineWidth = (near ? width : 1) * scale;
    ctx.beginPath();
    ctx.arc(x * scale, y * scale, size * scale, 0, 2 * Math.PI);
    ctx.stroke();
  };
  ctx.save();
  for (const k of shown) circle(k, 1.75, `rgb(${colorOf(k).join(' ')})`, 1);
  if (current !== null) {
    // On black, so that it is seen on any ground.
    circle(current, 5, '#000', 1);
    circle(current, 2.5, '#fff', 1);
  }
  ctx.restore();
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

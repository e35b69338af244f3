import { fillGrey, niceBelow, type Rgb } from '../../core/color/index.ts';
import { ACROSS, type Axis, type SlicePicture } from '../../core/tomogram/index.ts';
import { rests, type Steps } from '../../core/steps.ts';
import type { Vec3 } from '../../core/volume/index.ts';
import { alongOf, pixelOf, type SliceWindow } from './view.ts';

type Context = CanvasRenderingContext2D;

/** Particles over a slice. */
export interface SlicePoints {
  /** x, y, z in Å from {@link origin}, three numbers each. */
  readonly places: Float64Array;
  /** World */
  readonly origin: Vec3;
  /** Which of them are drawn. */
  readonly shown: Uint32Array;
  readonly colorOf: (k: number) => Rgb;
  /** Whether one is what it is called, drawn as a dot in its ring, or is not, a cross; null where nothing says. */
  readonly isRight: (k: number) => boolean | null;
  /** Å from the middle of a particle within which it is cut by the slice. */
  readonly radius: number;
  readonly current: number | null;
  /** Places where a particle is and none was picked, drawn as dashed rings; as {@link places}. */
  readonly missed: Float64Array | null;
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

/** More particles than this are drawn as dots, and only where the slice cuts them. */
const MOST_RINGS = 3000;
const FAINT = 0.28;

/** Draws particles over a slice, all of them in the last step. */
export function* drawingPoints(
  ctx: Context,
  points: SlicePoints,
  axis: Axis,
  at: Vec3,
  window: SliceWindow,
  pixel: number,
  scale: number,
): Steps<void> {
  const { colorOf, isRight, radius, current } = points;
  const size = Math.min(40, Math.max(3.5, radius / pixel));
  const along = alongOf(axis);
  const isNear = (k: number) => Math.abs(placeOf(points, k)[along] - at[along]) <= radius;
  const ring = (k: number, width: number, color: string, alpha: number, of = points) => {
    const [x, y] = pixelOf(axis, window, pixel, placeOf(of, k));
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = color;
    ctx.lineWidth = width * scale;
    ctx.beginPath();
    ctx.arc(x * scale, y * scale, size * scale, 0, 2 * Math.PI);
    ctx.stroke();
  };
  const beyond = size * pixel;
  const slab = [at[along] - radius, at[along] + radius] as const;
  const near = yield* inSight(points, axis, window, beyond, slab);
  const all =
    near.length > MOST_RINGS ? near : yield* inSight(points, axis, window, beyond, EVERYWHERE);
  const places = points.missed ?? new Float64Array(0);
  const missed = {
    ...points,
    places,
    shown: new Uint32Array(places.length / 3).map((_, i) => i),
  };
  const without = yield* inSight(missed, axis, window, beyond, slab);
  const { width, height } = ctx.canvas;
  const dots =
    near.length > MOST_RINGS
      ? yield* dotsOf(new ImageData(width, height), near, points, axis, window, pixel, scale)
      : null;
  ctx.clearRect(0, 0, width, height);
  ctx.save();
  if (dots) ctx.putImageData(dots, 0, 0);
  else {
    const far = all.length > MOST_RINGS ? [] : all.filter((k) => !isNear(k));
    for (const k of far) ring(k, 1, `rgb(${colorOf(k).join(' ')})`, FAINT);
    for (const k of near) {
      const color = `rgb(${colorOf(k).join(' ')})`;
      ring(k, 1.75, color, 1);
      const right = isRight(k);
      if (right === null) continue;
      const [x, y] = pixelOf(axis, window, pixel, placeOf(points, k));
      drawVerdict(ctx, right, x * scale, y * scale, size * scale, color, scale);
    }
  }
  ctx.setLineDash([4 * scale, 3 * scale]);
  for (const k of without.subarray(0, MOST_RINGS)) {
    ring(k, 4, '#000', 1, missed);
    ring(k, 2, '#fff', 1, missed);
  }
  ctx.setLineDash([]);
  if (current !== null) {
    // On black, so that it is seen on any ground.
    const alpha = isNear(current) ? 1 : 2 * FAINT;
    ring(current, 5, '#000', alpha);
    ring(current, 2.5, '#fff', alpha);
  }
  ctx.restore();
}

/** Pixels from the middle of a ring to the ends of its cross, whatever the ring's size. */
const CROSS = 5;
const DOT = 2;

/** Says inside a ring whether the pick is true or false, told apart by shape. */
export function drawVerdict(
  ctx: Context,
  right: boolean,
  x: number,
  y: number,
  radius: number,
  color: string,
  scale: number,
): void {
  const arm = Math.max(0.7 * radius, CROSS * scale) * Math.SQRT1_2;
  ctx.globalAlpha = 1;
  // On black, so that it is seen on any ground.
  for (const [own, more] of [
    ['#000', 1.25],
    [color, 0],
  ] as const) {
    ctx.beginPath();
    if (right) {
      ctx.fillStyle = own;
      ctx.arc(x, y, (DOT + more) * scale, 0, 2 * Math.PI);
      ctx.fill();
    } else {
      ctx.strokeStyle = own;
      ctx.lineWidth = (1.75 + 2 * more) * scale;
      ctx.moveTo(x - arm, y - arm);
      ctx.lineTo(x + arm, y + arm);
      ctx.moveTo(x - arm, y + arm);
      ctx.lineTo(x + arm, y - arm);
      ctx.stroke();
    }
  }
}

/** World position of a particle. */
export const placeOf = ({ places, origin }: SlicePoints, k: number): Vec3 => [
  places[3 * k] + origin[0],
  places[3 * k + 1] + origin[1],
  places[3 * k + 2] + origin[2],
];

const EVERYWHERE = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** Which of the particles stand between two places along the axis, and in a window or `beyond` Å from it. */
function* inSight(
  { places, origin, shown }: SlicePoints,
  axis: Axis,
  { columns, rows }: SliceWindow,
  beyond: number,
  [from, to]: readonly [number, number],
): Steps<Uint32Array> {
  const [column, row] = ACROSS[axis];
  const along = alongOf(axis);
  // There may be a million, so that they stay where they are and the window is moved.
  const [left, right] = columns.map((x) => x - origin[column]);
  const [low, high] = rows.map((y) => y - origin[row]);
  const [first, last] = [from - origin[along], to - origin[along]];
  const out = new Uint32Array(shown.length);
  let count = 0;
  for (let i = 0; i < shown.length; i++) {
    if (rests(i)) yield;
    const k = 3 * shown[i];
    const z = places[k + along];
    if (z < first || z > last) continue;
    const x = places[k + column];
    const y = places[k + row];
    if (x < left - beyond || x > right + beyond || y < low - beyond || y > high + beyond) continue;
    out[count++] = shown[i];
  }
  return out.subarray(0, count);
}

/** Any number of particles, as squares of two CSS pixels in a picture. */
function* dotsOf(
  image: ImageData,
  ks: Uint32Array,
  { places, origin, colorOf }: SlicePoints,
  axis: Axis,
  window: SliceWindow,
  pixel: number,
  scale: number,
): Steps<ImageData> {
  const { width, height } = image;
  const pixels = new Uint32Array(image.data.buffer);
  const side = Math.max(1, Math.round(2 * scale));
  const [column, row] = ACROSS[axis];
  const factor = scale / pixel;
  const left = window.columns[0] - origin[column];
  const top = window.rows[1] - origin[row];
  for (let n = 0; n < ks.length; n++) {
    if (rests(n)) yield;
    const k = ks[n];
    const [r, g, b] = colorOf(k);
    const color = 0xff000000 | (b << 16) | (g << 8) | r;
    const x = Math.round((places[3 * k + column] - left) * factor);
    const y = Math.round((top - places[3 * k + row]) * factor);
    for (let j = y; j < y + side; j++)
      for (let i = x; i < x + side; i++)
        if (i >= 0 && j >= 0 && i < width && j < height) pixels[j * width + i] = color;
  }
  return image;
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

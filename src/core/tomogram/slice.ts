import { percentiles } from '../volume/stats.ts';
import type { VoxelArray } from '../volume/types.ts';
import { type Axis, type Level, PLACE, slabRegion, type Tomogram } from './tomogram.ts';

/** The axes of a picture, as places in x, y, z: xy with xz below it and zy beside it share their edges. */
export const ACROSS: Readonly<Record<Axis, readonly [columns: 0 | 1 | 2, rows: 0 | 1 | 2]>> = {
  z: [0, 1],
  y: [0, 2],
  x: [2, 1],
};

/** What is to be seen of a tomogram; lengths in Å, places in the world. */
export interface SliceRequest {
  readonly axis: Axis;
  /** Place of the slice along its axis. */
  readonly at: number;
  /** Averaged along the axis; one section of the level where it is thinner. */
  readonly thickness: number;
  /** Details finer than this are taken away; 0 for none. */
  readonly lowPass: number;
  /** Of one pixel of the screen. */
  readonly pixel: number;
  /** What of the plane is seen: columns from and to, rows from and to. */
  readonly window: readonly [number, number, number, number];
}

/** A slice as a picture. */
export interface SlicePicture {
  readonly axis: Axis;
  readonly at: number;
  /** Averaged along the axis, Å. */
  readonly thickness: number;
  /** Å of a pixel along columns and rows. */
  readonly pixel: readonly [number, number];
  readonly width: number;
  readonly height: number;
  /** Row 0 has the smallest coordinate. */
  readonly data: Float32Array;
  /** World position of the centre of pixel (0, 0) along columns and rows. */
  readonly origin: readonly [number, number];
  /** Values at the percentiles of {@link RANKS}, of the middle of the tomogram seen the same way. */
  readonly quantiles: readonly number[];
}

/** Percentiles that a picture's contrast is chosen from. */
export const RANKS: readonly number[] = [
  0, 0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 80, 90, 95, 97, 98, 99, 99.5, 99.8, 99.9,
  99.95, 99.99, 100,
];

/** The value at a percentile, between those that are known. */
export function quantileAt(quantiles: readonly number[], rank: number): number {
  const above = RANKS.findIndex((known) => known >= rank);
  if (above <= 0) return quantiles[Math.max(0, above)];
  const share = (rank - RANKS[above - 1]) / (RANKS[above] - RANKS[above - 1]);
  return quantiles[above - 1] + share * (quantiles[above] - quantiles[above - 1]);
}

/**
 * Standard deviation, in Å, of the Gaussian that leaves half of the amplitude at a resolution of `lowPass` Å: its transform
 * `exp(-2 pi^2 sigma^2 / lowPass^2)` is 1/2.
 */
export function sigmaOf(lowPass: number): number {
  return (lowPass * Math.sqrt(Math.LN2 / 2)) / Math.PI;
}

/** Part of the window that is read beyond it on every side, so that a small move needs no reading. */
const MARGIN = 0.15;
/** How much coarser than a pixel of the screen voxels may be. */
const COARSEST = 1.2;

/** The level that is right for a size of pixels, of those whose slices can be had; null when there is none yet. */
export function levelFor(levels: readonly Level[], axis: Axis, pixel: number): Level | null {
  const ready = levels.filter(({ axes }) => axes.has(axis));
  const [column] = ACROSS[axis];
  const enough = ready.filter(({ grid }) => grid.voxelSize[column] <= COARSEST * pixel);
  return enough.at(-1) ?? ready[0] ?? null;
}

/** Slices of one tomogram, with what of earlier ones serves the next. */
export class Slicer {
  readonly #windows = new Map<string, Promise<readonly number[]>>();

  constructor(readonly tomogram: Tomogram) {}

  /** Null while no level can be read along this axis. */
  async slice(request: SliceRequest): Promise<SlicePicture | null> {
    const { axis, lowPass, thickness, pixel } = request;
    const level = levelFor(this.tomogram.levels, axis, Math.max(pixel, lowPass / 4));
    if (!level) return null;
    const picture = await cut(level, request);
    const key = [level.grid.voxelSize[0], lowPass, thickness].join();
    let known = this.#windows.get(key);
    if (!known) {
      known = this.#middle(level, request);
      this.#windows.set(key, known);
      known.catch(() => this.#windows.delete(key));
    }
    return { ...picture, quantiles: await known };
  }

  async #middle(level: Level, { lowPass, thickness, axis }: SliceRequest) {
    const { shape, voxelSize, origin } = level.grid;
    const along: Axis = level.axes.has('z') ? 'z' : axis;
    const xyz = 2 - PLACE[along];
    const at = origin[xyz] + (voxelSize[xyz] * (shape[PLACE[along]] - 1)) / 2;
    const [column, row] = ACROSS[along];
    const window = [column, row].flatMap((i) => [
      origin[i] - voxelSize[i],
      origin[i] + voxelSize[i] * shape[2 - i],
    ]) as unknown as SliceRequest['window'];
    const { data } = await cut(level, { axis: along, at, thickness, lowPass, window, pixel: 0 });
    return percentiles(data, RANKS);
  }
}

async function cut(
  level: Level,
  { axis, at, thickness, lowPass, window }: SliceRequest,
): Promise<Omit<SlicePicture, 'quantiles'>> {
  const { shape, voxelSize, origin } = level.grid;
  const sigma = sigmaOf(lowPass);
  const range = (i: number, low: number, high: number, beyond: number) => {
    const n = shape[2 - i];
    const from = (low - beyond - origin[i]) / voxelSize[i];
    const to = (high + beyond - origin[i]) / voxelSize[i];
    const first = Math.min(n - 1, Math.max(0, Math.floor(from)));
    const last = Math.min(n - 1, Math.max(first, Math.ceil(to)));
    return [first, last - first + 1] as const;
  };
  const through = 2 - PLACE[axis];
  const count = Math.max(1, Math.round(thickness / voxelSize[through]));
  const centre = (at - origin[through]) / voxelSize[through];
  const n = shape[PLACE[axis]];
  const first = Math.min(n - 1, Math.max(0, Math.round(centre - (count - 1) / 2)));
  const along = [first, Math.min(count, n - first)] as const;
  const [column, row] = ACROSS[axis];
  const beyond = (low: number, high: number) => Math.max(MARGIN * (high - low), 3 * sigma);
  const columns = range(column, window[0], window[1], beyond(window[0], window[1]));
  const rows = range(row, window[2], window[3], beyond(window[2], window[3]));
  const region = slabRegion(axis, along, rows, columns);
  const values = await level.read(region);
  const [width, height] = [columns[1], rows[1]];
  const plane = mean(values, axis, along[1], height, width);
  const pixel = [voxelSize[column], voxelSize[row]] as const;
  return {
    axis,
    at,
    thickness: along[1] * voxelSize[through],
    pixel,
    width,
    height,
    data: sigma > 0 ? blur(plane, width, height, sigma / pixel[0], sigma / pixel[1]) : plane,
    origin: [origin[column] + columns[0] * pixel[0], origin[row] + rows[0] * pixel[1]],
  };
}

/** Mean of a slab along its axis, as rows of a picture; values that are not finite are left out. */
function mean(
  values: VoxelArray,
  axis: Axis,
  count: number,
  height: number,
  width: number,
): Float32Array {
  const out = new Float32Array(width * height);
  const [along, rows, columns] = {
    z: [width * height, width, 1],
    y: [width, width * count, 1],
    x: [1, count, height * count],
  }[axis];
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to++) {
      let at = row * rows + column * columns;
      let sum = 0;
      let finite = 0;
      for (let i = 0; i < count; i++, at += along) {
        const value = values[at];
        if (value - value !== 0) continue;
        sum += value;
        finite++;
      }
      out[to] = finite > 0 ? sum / finite : 0;
    }
  }
  return out;
}

/** A Gaussian along columns and rows, in pixels, out to three standard deviations; at the edges what is there counts. */
export function blur(
  data: Float32Array,
  width: number,
  height: number,
  sigmaX: number,
  sigmaY: number,
): Float32Array {
  const once = blurLines(data, width, height, 1, width, sigmaX);
  return blurLines(once, height, width, width, 1, sigmaY);
}

function blurLines(
  data: Float32Array,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
  sigma: number,
): Float32Array {
  const reach = Math.ceil(3 * sigma);
  if (reach < 1 || sigma < 0.2) return data;
  const weights = Float64Array.from({ length: reach + 1 }, (_, i) =>
    Math.exp((-i * i) / (2 * sigma * sigma)),
  );
  const out = new Float32Array(data.length);
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      let total = 0;
      const from = Math.max(0, i - reach);
      const to = Math.min(length - 1, i + reach);
      for (let k = from; k <= to; k++) {
        const weight = weights[Math.abs(k - i)];
        sum += weight * data[line * lineStep + k * step];
        total += weight;
      }
      out[line * lineStep + i * step] = sum / total;
    }
  }
  return out;
}

import type { Volume } from './types.ts';

/** Part of the sections that are averaged, the middle ones, so that noise does not hide a particle. */
const SLAB = 0.25;
/** Sections that are read at most. */
const MOST_SECTIONS = 12;
/** Grey runs over so many standard deviations to both sides of the mean. */
const SPREAD = 2.5;

export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity, the top row first. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * A small grey picture of a volume: the mean of its middle sections as the z-slice is seen, y up.
 *
 * @param edge pixels along the longer side; a smaller volume has as many as voxels
 */
export function thumbnailOf(
  { data, shape: [nz, ny, nx], rowsDown = false }: Pick<Volume, 'data' | 'shape' | 'rowsDown'>,
  edge: number,
): Thumbnail {
  const step = Math.max(1, Math.max(nx, ny) / edge);
  const [width, height] = [Math.floor(nx / step), Math.floor(ny / step)].map((n) => Math.max(1, n));
  const slab = Math.max(1, Math.round(nz * SLAB));
  const sections = Math.min(slab, MOST_SECTIONS);
  const first = (nz - slab) / 2;
  const means = new Float64Array(width * height);
  for (let s = 0; s < sections; s++) {
    const z = Math.min(nz - 1, Math.floor(first + ((s + 0.5) * slab) / sections));
    for (let row = 0; row < height; row++) {
      const y = Math.min(ny - 1, Math.floor((row + 0.5) * step));
      const to = rowsDown ? row : height - 1 - row;
      for (let column = 0; column < width; column++) {
        const x = Math.min(nx - 1, Math.floor((column + 0.5) * step));
        means[to * width + column] += data[(z * ny + y) * nx + x] / sections;
      }
    }
  }
  return { width, height, rgba: greys(means) };
}

function greys(values: Float64Array): Uint8ClampedArray<ArrayBuffer> {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const half = SPREAD * Math.sqrt(variance) || 1;
  const rgba = new Uint8ClampedArray(values.length * 4).fill(255);
  values.forEach((value, i) => {
    const grey = 127.5 * (1 + (value - mean) / half);
    rgba[4 * i] = rgba[4 * i + 1] = rgba[4 * i + 2] = grey;
  });
  return rgba;
}

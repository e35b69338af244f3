import type { Shape3 } from '../volume/types.ts';

/** Every way to mirror along some of the axes, the identity first. */
export function mirrorings(axes: readonly number[]): readonly (readonly number[])[] {
  const ways: (readonly number[])[] = [[]];
  for (const axis of axes) ways.push(...ways.map((one) => [...one, axis]));
  return ways;
}

/** A copy of `[z, y, x, channel]` flattened, mirrored along axes; the same array where there are none. */
export function mirrored(
  values: Float32Array,
  [nz, ny, nx]: Shape3,
  axes: readonly number[],
): Float32Array {
  if (axes.length === 0) return values;
  const channels = values.length / (nz * ny * nx);
  const turned = [0, 1, 2].map((axis) => axes.includes(axis));
  const out = new Float32Array(values.length);
  let to = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, to += channels) {
        const from =
          ((turned[0] ? nz - 1 - z : z) * ny + (turned[1] ? ny - 1 - y : y)) * nx +
          (turned[2] ? nx - 1 - x : x);
        for (let c = 0; c < channels; c++) out[to + c] = values[from * channels + c];
      }
    }
  }
  return out;
}

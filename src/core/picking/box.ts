import type { Shape3 } from '../volume/types.ts';

/**
 * A box of a volume `[z, y, x]`, with the mean of what lies inside where it hangs out; zeros where it lies outside
 * altogether.
 *
 * @param start voxel at which it begins
 */
export function boxAt(
  data: Float32Array,
  [nz, ny, nx]: Shape3,
  start: Shape3,
  size: Shape3,
): Float32Array {
  const [mz, my, mx] = size;
  const [z0, y0, x0] = start;
  const out = new Float32Array(mz * my * mx);
  const from = [z0, y0, x0].map((at) => Math.max(0, -at));
  const to = [nz - z0, ny - y0, nx - x0].map((n, axis) => Math.min(size[axis], n));
  const count = to.reduce((n, end, axis) => n * Math.max(0, end - from[axis]), 1);
  if (count === 0) return out;
  let sum = 0;
  const rows = (visit: (at: number, source: number) => void) => {
    for (let z = from[0]; z < to[0]; z++)
      for (let y = from[1]; y < to[1]; y++)
        visit((z * my + y) * mx + from[2], ((z0 + z) * ny + y0 + y) * nx + x0 + from[2]);
  };
  const length = to[2] - from[2];
  if (count < out.length) {
    rows((_, source) => {
      for (let i = source; i < source + length; i++) sum += data[i];
    });
    out.fill(sum / count);
  }
  rows((at, source) => out.set(data.subarray(source, source + length), at));
  return out;
}

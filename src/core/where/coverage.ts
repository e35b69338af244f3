import type { Shape3 } from '../volume/index.ts';

/**
 * Share of each voxel of a coarser (or finer) grid over the same box that lies in a mask `[z, y, x]` of shape `from`:
 * the exact overlap of the voxels, 0 to 1, `[z, y, x]` of shape `to`.
 */
export function coverage(mask: ArrayLike<number>, from: Shape3, to: Shape3): Float64Array {
  let values = Float64Array.from(mask);
  let shape: readonly number[] = from;
  for (const [axis, n] of to.entries()) {
    values = along(values, shape, axis, n);
    shape = shape.map((size, i) => (i === axis ? n : size));
  }
  return values;
}

/** Means over `n` equal parts of one axis. */
function along(
  values: Float64Array,
  shape: readonly number[],
  axis: number,
  n: number,
): Float64Array<ArrayBuffer> {
  const size = shape[axis];
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = values.length / (size * inner);
  const out = new Float64Array(outer * n * inner);
  for (let part = 0; part < n; part++) {
    const [low, high] = [(part * size) / n, ((part + 1) * size) / n];
    for (let voxel = Math.floor(low); voxel < Math.min(size, Math.ceil(high)); voxel++) {
      const overlap = Math.min(high, voxel + 1) - Math.max(low, voxel);
      if (overlap <= 0) continue;
      for (let o = 0; o < outer; o++)
        for (let i = 0; i < inner; i++)
          out[(o * n + part) * inner + i] += overlap * values[(o * size + voxel) * inner + i];
    }
  }
  const width = size / n;
  return out.map((sum) => sum / width);
}

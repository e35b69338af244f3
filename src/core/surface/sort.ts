/**
 * Back-to-front order of triangles, so that translucent shells blend rightly from every direction
 * whether or not they are nested. One sorter per mesh; a sort allocates nothing.
 */
export interface TriangleSorter {
  readonly count: number;
  /**
   * Writes the triangles, farthest first, into `out` (`[count * 3]`, same vertex numbers as the mesh).
   * @param towards direction in which depth grows (the way the camera looks), any length
   */
  byDirection(towards: readonly [number, number, number], out: Uint32Array): void;
  /** The same for a perspective camera at `eye` (Å): by distance. */
  byDistance(eye: readonly [number, number, number], out: Uint32Array): void;
}

const DIGITS = 8;
const BUCKETS = 1 << DIGITS;

/** Centroid of every triangle, `[triangles * 3]` Å. */
export function centroids(positions: Float32Array, indices: Uint32Array): Float32Array {
  const result = new Float32Array(indices.length);
  for (let i = 0; i < indices.length; i += 3) {
    const a = indices[i] * 3;
    const b = indices[i + 1] * 3;
    const c = indices[i + 2] * 3;
    for (let axis = 0; axis < 3; axis++) {
      result[i + axis] = (positions[a + axis] + positions[b + axis] + positions[c + axis]) / 3;
    }
  }
  return result;
}

/** @param centres as {@link centroids} gives them, in the order of `indices` */
export function triangleSorter(indices: Uint32Array, centres: Float32Array): TriangleSorter {
  const count = indices.length / 3;
  const depth = new Float32Array(count);
  // 16-bit depth above, which is finer than a pixel at any size that is drawn.
  const keys = new Uint16Array(count);
  const order = new Uint32Array(count);
  const swap = new Uint32Array(count);
  const offsets = new Uint32Array(BUCKETS);

  function radixPass(from: Uint32Array | null, to: Uint32Array, shift: number): void {
    offsets.fill(0);
    for (let i = 0; i < count; i++) offsets[(keys[i] >> shift) & (BUCKETS - 1)]++;
    for (let i = 0, start = 0; i < BUCKETS; i++) {
      const size = offsets[i];
      offsets[i] = start;
      start += size;
    }
    for (let i = 0; i < count; i++) {
      const triangle = from ? from[i] : i;
      to[offsets[(keys[triangle] >> shift) & (BUCKETS - 1)]++] = triangle;
    }
  }

  function sort(out: Uint32Array): void {
    let near = Number.POSITIVE_INFINITY;
    let far = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      if (depth[i] < near) near = depth[i];
      if (depth[i] > far) far = depth[i];
    }
    const scale = far > near ? 65535 / (far - near) : 0;
    for (let i = 0; i < count; i++) keys[i] = (far - depth[i]) * scale;
    radixPass(null, swap, 0);
    radixPass(swap, order, DIGITS);
    for (let i = 0, at = 0; i < count; i++, at += 3) {
      const from = order[i] * 3;
      out[at] = indices[from];
      out[at + 1] = indices[from + 1];
      out[at + 2] = indices[from + 2];
    }
  }

  return {
    count,
    byDirection([x, y, z], out) {
      for (let i = 0, c = 0; i < count; i++, c += 3) {
        depth[i] = centres[c] * x + centres[c + 1] * y + centres[c + 2] * z;
      }
      sort(out);
    },
    byDistance([x, y, z], out) {
      for (let i = 0, c = 0; i < count; i++, c += 3) {
        depth[i] = Math.sqrt(
          (centres[c] - x) ** 2 + (centres[c + 1] - y) ** 2 + (centres[c + 2] - z) ** 2,
        );
      }
      sort(out);
    },
  };
}

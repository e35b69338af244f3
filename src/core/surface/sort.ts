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

/** Depth steps of a view: finer than any voxel, and few enough for the cache. */
export const DEPTH_STEPS = 8192;

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
  const keys = new Uint16Array(count);
  const starts = new Uint32Array(DEPTH_STEPS);

  /** A counting sort of `depth`, farthest first; equal depths keep their order. */
  function sort(out: Uint32Array): void {
    let near = Number.POSITIVE_INFINITY;
    let far = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      if (depth[i] < near) near = depth[i];
      if (depth[i] > far) far = depth[i];
    }
    const scale = far > near ? (DEPTH_STEPS - 1) / (far - near) : 0;
    starts.fill(0);
    for (let i = 0; i < count; i++) {
      const key = ((far - depth[i]) * scale) | 0;
      keys[i] = key;
      starts[key]++;
    }
    for (let key = 0, next = 0; key < DEPTH_STEPS; key++) {
      const size = starts[key];
      starts[key] = next;
      next += size;
    }
    for (let i = 0, from = 0; i < count; i++, from += 3) {
      const to = 3 * starts[keys[i]]++;
      out[to] = indices[from];
      out[to + 1] = indices[from + 1];
      out[to + 2] = indices[from + 2];
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

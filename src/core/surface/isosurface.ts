import { aborted, badInput } from '../errors.ts';
import type { Volume } from '../volume/types.ts';
import { SurfaceBuffers } from './buffers.ts';
import { AMBIGUOUS, cellTopology, EDGE_END, EDGE_START, FACES } from './cell.ts';
import type { SurfaceMesh } from './mesh.ts';
import { samples } from './samples.ts';

export interface IsosurfaceOptions {
  /** Which side is enclosed; by default values above a level >= 0 and values below a negative level. */
  readonly enclose?: 'above' | 'below';
  /** Use every n-th voxel along each axis; 1 by default. */
  readonly step?: number;
  /** Asked once per plane; when it answers true the extraction ends with an `aborted` error. */
  readonly shouldStop?: () => boolean;
  /** Storage to build in, reused from call to call. */
  readonly buffers?: SurfaceBuffers;
  /** Refuses to grow beyond this many triangles (a level in the noise of a large volume). */
  readonly maxTriangles?: number;
}

/**
 * The surface `value = level` of a volume in world coordinates (Å), by marching cubes whose ambiguous
 * faces are settled by the asymptotic decider (see `cell.ts`). Closed and 2-manifold: every edge has
 * exactly two triangles, every vertex is shared. What reaches the border of the box is capped on the
 * outermost voxel centres; NaN counts as outside. Normals come from central differences.
 *
 * @throws AppError `bad-input` for a level that is no number, a step that is no positive integer, or
 *   more than `maxTriangles`; `aborted` when `shouldStop` says so
 */
export function isosurface(
  volume: Volume,
  level: number,
  options: IsosurfaceOptions = {},
): SurfaceMesh {
  const { step = 1, shouldStop, maxTriangles = Number.POSITIVE_INFINITY } = options;
  if (!Number.isFinite(level))
    throw badInput(`The level of a surface must be finite, not ${level}.`);
  if (!Number.isInteger(step) || step < 1) {
    throw badInput(`The step of a surface must be a positive whole number, not ${step}.`);
  }
  const out = options.buffers ?? new SurfaceBuffers();
  out.clear();
  const sign = (options.enclose ?? (level < 0 ? 'below' : 'above')) === 'below' ? -1 : 1;
  const iso = sign * level;
  const grid = samples(volume, step, sign, iso);
  const { px, py, pz, xs, ys, zs } = grid;
  const area = px * py;

  // Four planes at a time: the two of the slab, and one on each side for the gradients.
  const planes = Array.from({ length: 4 }, () => new Float32Array(area));
  const rows = Array.from({ length: 4 }, () => new Uint8Array(py));
  // Vertex of each edge, -1 while there is none: x and y edges of two planes, z edges between them.
  const made = new Int32Array(5 * area).fill(-1);
  const slotsByParity = [edgeSlots(px, area, 0), edgeSlots(px, area, 1)];
  const cornerValue = new Float64Array(8);
  const gradientIn = new Float64Array(3);
  const gradientOut = new Float64Array(3);
  const vertexOf = new Int32Array(12 + 4);

  function gradient(x: number, y: number, z: number, to: Float64Array): void {
    const at = y * px + x;
    const here = planes[z & 3];
    const value = here[at];
    to[0] = slope(here[at - 1], value, here[at + 1], xs[x - 1], xs[x], xs[x + 1]);
    to[1] = slope(here[at - px], value, here[at + px], ys[y - 1], ys[y], ys[y + 1]);
    const below = planes[(z - 1) & 3][at];
    const above = planes[(z + 1) & 3][at];
    to[2] = slope(below, value, above, zs[z - 1], zs[z], zs[z + 1]);
  }

  /** The vertex where the surface cuts an edge of cell (x, y, z). */
  function cut(edge: number, x: number, y: number, z: number): number {
    const startsInside = cornerValue[EDGE_START[edge]] > iso;
    const inner = startsInside ? EDGE_START[edge] : EDGE_END[edge];
    const outer = startsInside ? EDGE_END[edge] : EDGE_START[edge];
    const inValue = cornerValue[inner];
    const outValue = cornerValue[outer];
    const fraction = (inValue - iso) / (inValue - outValue);
    const t = Number.isNaN(fraction) ? 0 : fraction;
    const ix = x + (inner >> 2);
    const iy = y + (inner & 1);
    const iz = z + ((inner >> 1) & 1);
    const ox = x + (outer >> 2);
    const oy = y + (outer & 1);
    const oz = z + ((outer >> 1) & 1);
    // Out of the enclosed region along the edge: the normal of a cap, or where the field is flat.
    let nx = ox - ix;
    let ny = oy - iy;
    let nz = oz - iz;
    if (outValue > Number.NEGATIVE_INFINITY) {
      gradient(ix, iy, iz, gradientIn);
      gradient(ox, oy, oz, gradientOut);
      const gx = gradientIn[0] + t * (gradientOut[0] - gradientIn[0]);
      const gy = gradientIn[1] + t * (gradientOut[1] - gradientIn[1]);
      const gz = gradientIn[2] + t * (gradientOut[2] - gradientIn[2]);
      const length = Math.sqrt(gx * gx + gy * gy + gz * gz);
      if (length > 0 && length < Number.POSITIVE_INFINITY) {
        nx = -gx / length;
        ny = -gy / length;
        nz = -gz / length;
      }
    }
    return out.addVertex(
      xs[ix] + t * (xs[ox] - xs[ix]),
      ys[iy] + t * (ys[oy] - ys[iy]),
      zs[iz] + t * (zs[oz] - zs[iz]),
      nx,
      ny,
      nz,
    );
  }

  function polygonise(config: number, x: number, y: number, z: number, slots: Int32Array): void {
    const base = y * px + x;
    const low = planes[z & 3];
    const high = planes[(z + 1) & 3];
    for (let corner = 0; corner < 8; corner++) {
      const plane = corner & 2 ? high : low;
      cornerValue[corner] = plane[base + (corner & 1 ? px : 0) + (corner >> 2)];
    }
    const ambiguous = AMBIGUOUS[config];
    const joined = ambiguous === 0 ? 0 : joinedFaces(ambiguous, config, cornerValue, iso);
    const { triangles, centres } = cellTopology(config, joined);
    for (let i = 0; i < centres.length; i++) {
      const loop = centres[i];
      for (let j = 0; j < loop.length; j++) {
        const slot = slots[loop[j]] + base;
        if (made[slot] < 0) made[slot] = cut(loop[j], x, y, z);
        vertexOf[loop[j]] = made[slot];
      }
      vertexOf[12 + i] = addMiddle(out, loop, vertexOf);
    }
    for (let i = 0; i < triangles.length; i++) {
      const edge = triangles[i];
      if (edge >= 12) continue;
      const slot = slots[edge] + base;
      if (made[slot] < 0) made[slot] = cut(edge, x, y, z);
      vertexOf[edge] = made[slot];
    }
    for (let i = 0; i < triangles.length; i += 3) {
      out.addTriangle(
        vertexOf[triangles[i]],
        vertexOf[triangles[i + 1]],
        vertexOf[triangles[i + 2]],
      );
    }
  }

  grid.fill(0, planes[0], rows[0]);
  grid.fill(1, planes[1], rows[1]);
  for (let z = 0; z < pz - 1; z++) {
    if (shouldStop?.()) throw aborted();
    if (out.indexCount > maxTriangles * 3) {
      throw badInput(
        `The surface at level ${level} has more than ${maxTriangles} triangles: the level lies in the noise; choose one further from zero, or a larger step.`,
      );
    }
    if (z + 2 < pz) grid.fill(z + 2, planes[(z + 2) & 3], rows[(z + 2) & 3]);
    // The upper plane of the last slab is the lower plane of this one; the rest starts empty.
    const upper = (z & 1) === 0 ? 2 : 0;
    made.fill(-1, upper * area, (upper + 2) * area);
    made.fill(-1, 4 * area);
    const slots = slotsByParity[z & 1];
    const low = planes[z & 3];
    const high = planes[(z + 1) & 3];
    const lowRows = rows[z & 3];
    const highRows = rows[(z + 1) & 3];
    for (let y = 0; y < py - 1; y++) {
      if (!(lowRows[y] | lowRows[y + 1] | highRows[y] | highRows[y + 1])) continue;
      let left = 0;
      for (let x = 1, at = y * px + 1; x < px; x++, at++) {
        const right =
          (low[at] > iso ? 1 : 0) |
          (low[at + px] > iso ? 2 : 0) |
          (high[at] > iso ? 4 : 0) |
          (high[at + px] > iso ? 8 : 0);
        const config = left | (right << 4);
        if (config !== 0 && config !== 255) polygonise(config, x - 1, y, z, slots);
        left = right;
      }
    }
  }
  return out.mesh();
}

/** Where in the edge store each edge of a cell is, relative to the cell's corner. */
function edgeSlots(px: number, area: number, parity: number): Int32Array {
  return Int32Array.from({ length: 12 }, (_, edge) => {
    const corner = EDGE_START[edge];
    const offset = (corner & 1) * px + (corner >> 2);
    if (edge >= 8) return 4 * area + offset;
    const plane = ((corner >> 1) & 1) ^ parity;
    return (plane * 2 + (edge < 4 ? 0 : 1)) * area + offset;
  });
}

/** Derivative from the neighbours that exist (`-Infinity` marks one that does not). */
function slope(a: number, b: number, c: number, xa: number, xb: number, xc: number): number {
  const hasA = a > Number.NEGATIVE_INFINITY;
  const hasC = c > Number.NEGATIVE_INFINITY;
  if (hasA && hasC) return (c - a) / (xc - xa);
  if (hasC) return (c - b) / (xc - xb);
  return hasA ? (b - a) / (xb - xa) : 0;
}

/** Ambiguous faces whose saddle value is inside, as bits. */
function joinedFaces(ambiguous: number, config: number, value: Float64Array, iso: number): number {
  let joined = 0;
  for (let face = 0; face < 6; face++) {
    if (!((ambiguous >> face) & 1)) continue;
    const [a, b, c, d] = FACES[face];
    const ac = (value[a] - iso) * (value[c] - iso);
    const bd = (value[b] - iso) * (value[d] - iso);
    const inside = (config >> a) & 1 ? ac > bd : bd > ac;
    if (inside) joined |= 1 << face;
  }
  return joined;
}

/** Adds the mean of a loop's vertices, with the mean of their normals. */
function addMiddle(out: SurfaceBuffers, loop: Uint8Array, vertexOf: Int32Array): number {
  const sum = [0, 0, 0, 0, 0, 0];
  for (const edge of loop) {
    for (let axis = 0; axis < 3; axis++) {
      sum[axis] += out.positions[vertexOf[edge] * 3 + axis] / loop.length;
      sum[axis + 3] += out.normals[vertexOf[edge] * 3 + axis];
    }
  }
  const [x, y, z, nx, ny, nz] = sum;
  const length = Math.hypot(nx, ny, nz) || 1;
  return out.addVertex(x, y, z, nx / length, ny / length, nz / length);
}

import { topVoxels } from '../agreement/index.ts';
import { type Grid, resample, type Shape3, type Vec3 } from '../volume/index.ts';
import { channelMeans, type Seen } from './curves.ts';
import { type Marks, voxelsOf } from './marks.ts';

/** A part of a box, as it is asked for. */
export type Part =
  | {
      readonly kind: 'ball';
      readonly grid: Grid;
      /** Å, world. */
      readonly centre: Vec3;
      /** Å. */
      readonly radius: number;
    }
  | { readonly kind: 'painted'; readonly marks: Marks }
  | {
      /** The voxels where a map is highest. */
      readonly kind: 'top';
      readonly map: Float32Array;
      /** Of the map, `[z, y, x]`, which fills the box. */
      readonly from: Shape3;
      readonly shape: Shape3;
      readonly share: number;
    };

const PARTS: {
  readonly [K in Part['kind']]: (part: Extract<Part, { kind: K }>) => Uint8Array;
} = {
  ball: ({ grid, centre, radius }) => ballOf(grid, centre, radius),
  painted: ({ marks }) => voxelsOf(marks),
  top: ({ map, from, shape, share }) => topVoxels(resample(map, from, shape), share),
};

/** The voxels of a part, `[z, y, x]`, 1 each. */
export const voxelsOfPart = (part: Part): Uint8Array =>
  (PARTS[part.kind] as (part: Part) => Uint8Array)(part);

/** Voxels whose centre is within a ball, 1 each. @param centre and radius in Å, world */
export function ballOf(
  { shape: [nz, ny, nx], voxelSize, origin }: Grid,
  centre: Vec3,
  radius: number,
): Uint8Array {
  const inside = new Uint8Array(nz * ny * nx);
  const square = (index: number, axis: 0 | 1 | 2) =>
    (origin[axis] + index * voxelSize[axis] - centre[axis]) ** 2;
  for (let z = 0, v = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) {
      const across = square(z, 2) + square(y, 1);
      for (let x = 0; x < nx; x++, v++) inside[v] = Number(across + square(x, 0) <= radius ** 2);
    }
  return inside;
}

/** Where a brush has gone. */
export interface Stroke {
  /** Å, world. */
  readonly from: Vec3;
  readonly to: Vec3;
  /** Å. */
  readonly radius: number;
  /** Axis (0 is x) of the section of `to` that alone is marked; null marks in space. */
  readonly section: 0 | 1 | 2 | null;
}

/**
 * Marks the voxels, `[z, y, x]`, whose centre is within the radius of a stroke, with 1, or takes the marks away.
 *
 * @returns how many marks there are more
 */
export function paintStroke(
  marks: Uint8Array,
  { shape, voxelSize, origin }: Grid,
  { from, to, radius, section }: Stroke,
  erase = false,
): number {
  const index = (at: number, axis: number) => (at - origin[axis]) / voxelSize[axis];
  const [rx, ry, rz] = ([0, 1, 2] as const).map((axis): readonly [number, number] => {
    const last = shape[2 - axis] - 1;
    if (section === axis) {
      const only = Math.min(last, Math.max(0, Math.round(index(to[axis], axis))));
      return [only, only];
    }
    const low = Math.ceil(index(Math.min(from[axis], to[axis]) - radius, axis));
    const high = Math.floor(index(Math.max(from[axis], to[axis]) + radius, axis));
    return [Math.max(0, low), Math.min(last, high)];
  });
  const way = [0, 1, 2].map((axis) => (axis === section ? 0 : to[axis] - from[axis]));
  const length = way[0] ** 2 + way[1] ** 2 + way[2] ** 2;
  const value = erase ? 0 : 1;
  let more = 0;
  for (let z = rz[0]; z <= rz[1]; z++)
    for (let y = ry[0]; y <= ry[1]; y++)
      for (let x = rx[0]; x <= rx[1]; x++) {
        const off = [x, y, z].map((i, axis) =>
          axis === section ? 0 : origin[axis] + i * voxelSize[axis] - from[axis],
        );
        const along = off[0] * way[0] + off[1] * way[1] + off[2] * way[2];
        const t = length > 0 ? Math.min(1, Math.max(0, along / length)) : 0;
        const far =
          (off[0] - t * way[0]) ** 2 + (off[1] - t * way[1]) ** 2 + (off[2] - t * way[2]) ** 2;
        if (far > radius ** 2) continue;
        const v = (z * shape[1] + y) * shape[2] + x;
        more += value - marks[v];
        marks[v] = value;
      }
  return more;
}

/** The input with the marked voxels hidden (their channels' means instead), or with these alone. */
export function hiding({ input, channels }: Seen, marked: Uint8Array, only: boolean): Float32Array {
  const means = channelMeans({ input, channels });
  return input.map((value, i) =>
    (marked[Math.floor(i / channels)] === 1) === only ? value : means[i % channels],
  );
}

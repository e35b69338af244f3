import { type Axes, inverseAxes, turned, turnedShape } from './axes.ts';
import type { Grid } from '../volume/grid.ts';
import type { Region } from '../volume/region.ts';
import type { Shape3 } from '../volume/types.ts';
import type { Labels } from './decide.ts';
import { type RunMap, runsOf, touching } from './runs.ts';
import { mapTo } from '../typed-arrays.ts';

/** Voxels of one class that hang together by faces, edges or corners. */
export interface Component {
  /** From 1, the largest first. */
  readonly id: number;
  readonly label: number;
  readonly voxels: number;
  /** Mean of the voxels' places, z, y, x. */
  readonly centroid: readonly [number, number, number];
  /** The voxel of the component that is closest to that, as it may lie outside. */
  readonly inside: Shape3;
  /** The smallest box around it. */
  readonly box: Region;
  /** Mean probability of the class, 0 to 1. */
  readonly probability: number;
}

/** The components of a segmentation, and which of them each voxel belongs to. */
export interface Components {
  /** The largest first: `list[id - 1]`. */
  readonly list: readonly Component[];
  /** One map for classes that exclude each other, else one for each. */
  readonly maps: readonly (RunMap & { readonly ids: Uint32Array })[];
}

/** Finds all components. */
export function componentsOf(labels: Labels): Components {
  const { shape, labels: largest, members } = labels;
  const maps = members
    ? Array.from({ length: 8 * members.BYTES_PER_ELEMENT }, (_, bit) =>
        runsOf(shape, (voxel) => ((members[voxel] >>> bit) & 1) * (bit + 1)),
      )
    : [runsOf(shape, (voxel) => largest[voxel])];
  const found = maps.map((map) => measured(map, labels.certainty));
  const list = found.flatMap(({ parts }) => parts).sort((a, b) => b.voxels - a.voxels);
  list.forEach((part, i) => {
    part.id = i + 1;
  });
  return {
    list,
    maps: found.map(({ map, parts, of }) => ({
      ...map,
      ids: mapTo(new Uint32Array(of.length), of, (part) => parts[part].id),
    })),
  };
}

type Part = { -readonly [K in keyof Component]: Component[K] };

function measured(map: RunMap, certainty: Uint8Array) {
  const roots = touching(map);
  const place = new Map<number, number>();
  const of = mapTo(new Uint32Array(roots.length), roots, (root) => {
    const known = place.get(root) ?? place.size;
    place.set(root, known);
    return known;
  });
  const sums = new Float64Array(5 * place.size);
  const boxes = new Int32Array(6 * place.size);
  for (let p = 0; p < place.size; p++) boxes.fill(2 ** 30, 6 * p, 6 * p + 3);
  const [, ny, nx] = map.shape;
  eachRun(map, (run, z, y) => {
    const part = of[run];
    const from = map.from[run];
    const to = map.to[run];
    const count = to - from + 1;
    let certain = 0;
    for (let x = from; x <= to; x++) certain += certainty[(z * ny + y) * nx + x];
    const s = 5 * part;
    sums[s] += count;
    sums[s + 1] += z * count;
    sums[s + 2] += y * count;
    sums[s + 3] += ((from + to) / 2) * count;
    sums[s + 4] += certain;
    const b = 6 * part;
    for (const [axis, low, high] of [
      [0, z, z],
      [1, y, y],
      [2, from, to],
    ]) {
      boxes[b + axis] = Math.min(boxes[b + axis], low);
      boxes[b + 3 + axis] = Math.max(boxes[b + 3 + axis], high);
    }
  });
  const inside = closest(map, of, sums, place.size);
  const labels = [...place.keys()].map((root) => map.label[root]);
  const parts = labels.map((label, p): Part => {
    const [voxels, z, y, x, certain] = sums.subarray(5 * p, 5 * p + 5);
    const [z0, y0, x0, z1, y1, x1] = boxes.subarray(6 * p, 6 * p + 6);
    return {
      id: 0,
      label,
      voxels,
      centroid: [z / voxels, y / voxels, x / voxels],
      inside: [inside[3 * p], inside[3 * p + 1], inside[3 * p + 2]],
      box: { start: [z0, y0, x0], shape: [z1 - z0 + 1, y1 - y0 + 1, x1 - x0 + 1] },
      probability: certain / voxels / 255,
    };
  });
  return { map, parts, of };
}

/** The voxel of each part closest to its centroid, `[z, y, x]` by part. */
function closest(map: RunMap, of: Uint32Array, sums: Float64Array, count: number): Int32Array {
  const best = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const inside = new Int32Array(3 * count);
  eachRun(map, (run, z, y) => {
    const p = of[run];
    const [voxels, sumZ, sumY, sumX] = sums.subarray(5 * p, 5 * p + 4);
    const x = Math.min(map.to[run], Math.max(map.from[run], Math.round(sumX / voxels)));
    const away = (z - sumZ / voxels) ** 2 + (y - sumY / voxels) ** 2 + (x - sumX / voxels) ** 2;
    if (away >= best[p]) return;
    best[p] = away;
    inside.set([z, y, x], 3 * p);
  });
  return inside;
}

function eachRun({ rows, shape }: RunMap, use: (run: number, z: number, y: number) => void): void {
  const [, ny] = shape;
  for (let row = 0; row + 1 < rows.length; row++)
    for (let run = rows[row]; run < rows[row + 1]; run++) use(run, Math.floor(row / ny), row % ny);
}

/** The component at a voxel; of several the largest. Null where no class holds. */
export function componentAt({ maps, list }: Components, [z, y, x]: Shape3): Component | null {
  const ids = maps.flatMap(({ rows, from, to, ids: own, shape }) => {
    const row = z * shape[1] + y;
    for (let run = rows[row]; run < rows[row + 1]; run++)
      if (from[run] <= x && x <= to[run]) return [own[run]];
    return [];
  });
  return ids.length > 0 ? list[Math.min(...ids) - 1] : null;
}

/** Which voxels of a region belong to a component, 1 or 0; the region may reach beyond the volume. */
export function componentMask({ maps }: Components, id: number, { start, shape }: Region) {
  const mask = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (const { rows, from, to, ids, shape: whole } of maps) {
    for (let z = 0; z < shape[0]; z++) {
      for (let y = 0; y < shape[1]; y++) {
        const at = [start[0] + z, start[1] + y];
        if (at[0] < 0 || at[0] >= whole[0] || at[1] < 0 || at[1] >= whole[1]) continue;
        const row = at[0] * whole[1] + at[1];
        const into = (z * shape[1] + y) * shape[2];
        for (let run = rows[row]; run < rows[row + 1]; run++) {
          if (ids[run] !== id) continue;
          const first = Math.max(0, from[run] - start[2]);
          const last = Math.min(shape[2] - 1, to[run] - start[2]);
          if (first <= last) mask.fill(1, into + first, into + last + 1);
        }
      }
    }
  }
  return mask;
}

/** The same for a region in the order of a network's axes, and the mask in that order. */
export function componentInTile(
  components: Components,
  id: number,
  { start, shape }: Region,
  axes: Axes,
): Uint8Array {
  const back = inverseAxes(axes);
  const region = { start: turnedShape(start, back), shape: turnedShape(shape, back) };
  return turned(componentMask(components, id, region), region.shape, axes);
}

/** nm³ of a number of voxels. */
export function volumeNm3(voxels: number, { voxelSize: [x, y, z] }: Pick<Grid, 'voxelSize'>) {
  return (voxels * x * y * z) / 1000;
}

import { type Grid, resample, type Shape3 } from '../volume/index.ts';
import { whereIs } from '../where/where.ts';
import { cosineSimilarity, spearman, TOP_SHARES, topOverlap } from './agreement.ts';

/** A map on its own grid, which fills the same box as the input. */
export interface PlacedMap {
  /** `[z, y, x]` */
  readonly data: Float32Array;
  readonly shape: Shape3;
}

/** How two maps agree, on their common grid. */
export interface Agreement {
  /** `[z, y, x]` of that grid. */
  readonly shape: Shape3;
  /** Voxels that ranks and overlap are of, spread over the grid; null where they are of all. */
  readonly sampled: number | null;
  /** Null where a map is all zeros. */
  readonly cosine: number | null;
  /** Rank correlation; null where a map is constant. */
  readonly spearman: number | null;
  /** Overlap (intersection over union) of the voxels with the largest values; null where neither has any above 0. */
  readonly overlap: readonly { readonly share: number; readonly iou: number | null }[];
  /** Å: from the centre of the positive mass of A to that of B; null where one of them has none. */
  readonly shift: number | null;
}

/** Voxels whose ranks are found in some 20 ms; shares and correlations of them are good to a hundredth. */
export const MOST_RANKED = 2 ** 16;

/** The finer of two grids along each axis. */
export function commonShape(a: Shape3, b: Shape3): Shape3 {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])];
}

/** A map on another grid over the same box (trilinear); itself where it has that grid. */
export function onGrid({ data, shape }: PlacedMap, to: Shape3): Float32Array {
  return shape.every((n, axis) => n === to[axis]) ? data : resample(data, shape, to);
}

/**
 * How two maps agree.
 *
 * @param box grid of the input that both are of
 * @param most voxels that are ranked; of a larger grid so many of them, spread over it
 */
export function agreementOf(
  a: PlacedMap,
  b: PlacedMap,
  box: Grid,
  most = Number.POSITIVE_INFINITY,
): Agreement {
  const shape = commonShape(a.shape, b.shape);
  const [onA, onB] = [onGrid(a, shape), onGrid(b, shape)];
  const sampled = onA.length > most ? most : null;
  const [fewA, fewB] = sampled === null ? [onA, onB] : [onA, onB].map((map) => spread(map, most));
  return {
    ...{ shape, sampled },
    cosine: cosineSimilarity(onA, onB),
    spearman: spearman(fewA, fewB),
    overlap: TOP_SHARES.map((share) => ({ share, iou: topOverlap(fewA, fewB, share) })),
    shift: shiftOf(a, b, box),
  };
}

/** Some values of a map, at the same places for all maps of its size: spread by the golden ratio. */
function spread(map: Float32Array, count: number): Float32Array {
  let position = 0;
  return Float32Array.from({ length: count }, () => {
    position = (position + 0.6180339887498949) % 1;
    return map[Math.floor(position * map.length)];
  });
}

function shiftOf(a: PlacedMap, b: PlacedMap, box: Grid): number | null {
  const [from, to] = [a, b].map(
    ({ data, shape }) => whereIs(data, shape, box, null).positive.centroid,
  );
  return from && to ? Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]) : null;
}

/** Of the largest magnitude of two maps; methods that are the same in theory differ by less. */
const ROUNDING = 1e-6;

const largest = (data: Float32Array) =>
  data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * The difference A - B on the common grid, `[z, y, x]`; 0 where it is no more than rounding. A map on a coarser grid
 * gives to each finer voxel its part of the value of its own one, so that sums stay sums.
 */
export function differenceMap(a: PlacedMap, b: PlacedMap): PlacedMap {
  const shape = commonShape(a.shape, b.shape);
  const voxels = shape[0] * shape[1] * shape[2];
  const [partA, partB] = [a.data.length / voxels, b.data.length / voxels];
  const [onA, onB] = [onGrid(a, shape), onGrid(b, shape)];
  const least = ROUNDING * Math.max(largest(onA) * partA, largest(onB) * partB);
  const data = onA.map((value, v) => {
    const difference = value * partA - onB[v] * partB;
    return Math.abs(difference) > least ? difference : 0;
  });
  return { data, shape };
}

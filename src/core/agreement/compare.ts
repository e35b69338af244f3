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
  /** Null where a map is all zeros. */
  readonly cosine: number | null;
  /** Rank correlation; null where a map is constant. */
  readonly spearman: number | null;
  /** Overlap (intersection over union) of the voxels with the largest values; null where neither has any above 0. */
  readonly overlap: readonly { readonly share: number; readonly iou: number | null }[];
  /** Å: from the centre of the positive mass of A to that of B; null where one of them has none. */
  readonly shift: number | null;
}

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
 */
export function agreementOf(a: PlacedMap, b: PlacedMap, box: Grid): Agreement {
  const shape = commonShape(a.shape, b.shape);
  const [onA, onB] = [onGrid(a, shape), onGrid(b, shape)];
  return {
    shape,
    cosine: cosineSimilarity(onA, onB),
    spearman: spearman(onA, onB),
    overlap: TOP_SHARES.map((share) => ({ share, iou: topOverlap(onA, onB, share) })),
    shift: shiftOf(a, b, box),
  };
}

function shiftOf(a: PlacedMap, b: PlacedMap, box: Grid): number | null {
  const [from, to] = [a, b].map(
    ({ data, shape }) => whereIs(data, shape, box, null).positive.centroid,
  );
  return from && to ? Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]) : null;
}

/**
 * The difference A - B on the common grid, `[z, y, x]`. A map on a coarser grid gives to each finer voxel its part of
 * the value of its own one, so that sums stay sums.
 */
export function differenceMap(a: PlacedMap, b: PlacedMap): PlacedMap {
  const shape = commonShape(a.shape, b.shape);
  const voxels = shape[0] * shape[1] * shape[2];
  const [partA, partB] = [a.data.length / voxels, b.data.length / voxels];
  const [onA, onB] = [onGrid(a, shape), onGrid(b, shape)];
  return { data: onA.map((value, v) => value * partA - onB[v] * partB), shape };
}

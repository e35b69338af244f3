import { badInput } from '../errors.ts';
import type { Grid } from '../volume/grid.ts';
import { boxText } from '../volume/notation.ts';
import type { Shape3, Vec3 } from '../volume/types.ts';
import { type Axes, inverseAxes, SAME_AXES, turnedGrid } from './axes.ts';
import { BLENDINGS, overlapVoxels, type Tiling } from './tiling.ts';

/** Tiles along one axis. */
export interface AxisPlan {
  /** Voxels of the volume. */
  readonly size: number;
  /** Voxels of the network's input, and of its output for it. */
  readonly tile: number;
  readonly out: number;
  /** Voxels of the input from one of the output to the next. */
  readonly stride: number;
  /** Voxels of the input in front of the first of the output, of networks that pad nothing. */
  readonly before: number;
  /** Voxels of the whole output. */
  readonly length: number;
  /** First voxel of each tile's output in the whole output; may lie in front of it. */
  readonly places: readonly number[];
  /** `[out]` */
  readonly weights: Float64Array;
}

/** Tiles that cover a volume. */
export interface TilePlan {
  /** z, y, x */
  readonly axes: readonly [AxisPlan, AxisPlan, AxisPlan];
  /** Of the whole output. */
  readonly shape: Shape3;
  /** No place of a tile counts less, but for those that are left out. */
  readonly least: number;
  /** How many tiles there are. */
  readonly count: number;
}

/** One tile of a plan, by its number along each axis. */
export type TileIndex = Shape3;

/**
 * Plans the tiles of a network over a volume. Tiles reach beyond the volume where it is smaller, and with blending `crop`
 * by what is left out of them.
 *
 * @param tile `[z, y, x]` of the network's input
 * @param out of its output for it
 * @throws AppError `bad-input` for an output that does not lie on its input
 */
export function planTiles(volume: Shape3, tile: Shape3, out: Shape3, tiling: Tiling): TilePlan {
  const axis = (i: 0 | 1 | 2): AxisPlan => planAxis(volume[i], tile[i], out[i], tiling);
  if ([0, 1, 2].some((i) => !geometryOf(tile[i], out[i]))) {
    throw badInput(
      `the network makes ${boxText(out)} voxels of ${boxText(tile)}; accepted: an output of its input's size, a whole fraction of it, or its middle`,
    );
  }
  const axes = [axis(0), axis(1), axis(2)] as const;
  return {
    axes,
    shape: [axes[0].length, axes[1].length, axes[2].length],
    least: BLENDINGS[tiling.blending].least,
    count: axes.reduce((n, { places }) => n * places.length, 1),
  };
}

/** How an output lies on its input: every `stride`-th voxel, or the middle of it. */
function geometryOf(tile: number, out: number): { stride: number; before: number } | undefined {
  if (tile % out === 0 && tile / out <= 16) return { stride: tile / out, before: 0 };
  const rest = tile - out;
  return rest > 0 && rest % 2 === 0 && 4 * out > tile ? { stride: 1, before: rest / 2 } : undefined;
}

function planAxis(size: number, tile: number, out: number, tiling: Tiling): AxisPlan {
  const { stride, before } = geometryOf(tile, out) ?? { stride: 1, before: 0 };
  const length = Math.ceil(size / stride);
  const row = BLENDINGS[tiling.blending];
  const alone = out >= length;
  const overlap = alone ? 0 : overlapVoxels(tiling.overlap, out);
  const margin = row.crops ? Math.floor(overlap / 2) : 0;
  const first = alone ? 0 - Math.floor((out - length) / 2) : 0 - margin;
  const last = alone ? first : length - out + margin;
  const step = Math.max(1, row.crops ? out - 2 * margin : out - overlap);
  const steps = Math.ceil((last - first) / step);
  const place = (i: number) =>
    tiling.even && steps > 0
      ? Math.round(first + (i * (last - first)) / steps)
      : Math.min(last, first + i * step);
  return {
    ...{ size, tile, out, stride, before, length },
    places: Array.from({ length: steps + 1 }, (_, i) => place(i)),
    weights: row.weights(out, margin),
  };
}

/** First voxel of the volume that a tile's input takes; may lie in front of it. */
export function tileStart({ axes }: TilePlan, index: TileIndex): Shape3 {
  const start = (i: 0 | 1 | 2) => axes[i].places[index[i]] * axes[i].stride - axes[i].before;
  return [start(0), start(1), start(2)];
}

/** The grid of what a plan gives for a volume on `grid`, in the same world coordinates. */
export function outputGrid<G extends Grid>(
  grid: G,
  { axes, shape }: TilePlan,
  turn: Axes = SAME_AXES,
): G {
  const { origin, voxelSize, ...rest } = turnedGrid(grid, turn);
  const strides: Vec3 = [axes[2].stride, axes[1].stride, axes[0].stride];
  const along = (i: 0 | 1 | 2) => origin[i] + ((strides[i] - 1) / 2) * voxelSize[i];
  const size = (i: 0 | 1 | 2) => voxelSize[i] * strides[i];
  const made = {
    ...rest,
    shape,
    voxelSize: [size(0), size(1), size(2)],
    origin: [along(0), along(1), along(2)],
  };
  return turnedGrid(made as unknown as G, inverseAxes(turn));
}

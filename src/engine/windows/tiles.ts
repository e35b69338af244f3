import type { Shape3 } from '../../core/volume/types.ts';
import type { Shared } from './shared.ts';

/** Tiles over which the shared part is run, in elements of its value. */
export interface TilePlan {
  /** Elements of all windows together. */
  readonly elements: Shape3;
  /** Elements of a tile that are kept; the last tiles hold fewer. */
  readonly kept: Shape3;
  /** Tiles along each axis. */
  readonly tiles: Shape3;
  /** Elements in front of the kept ones that reach beyond the tile. */
  readonly margin: Shape3;
  /** Voxels of a tile. */
  readonly voxels: Shape3;
}

/**
 * The largest tiles whose values fit. Deep first: tomograms are thin, and a tile that reaches through has no margins
 * along z.
 *
 * @param elements of all windows together
 * @param perVoxel numbers that the largest value has for each voxel of the input
 * @param most numbers of that value that fit
 */
export function planSharedTiles(
  { stride, before, after }: Shared,
  elements: Shape3,
  perVoxel: number,
  most: number,
): TilePlan {
  const margin = before.map((n, axis) => Math.ceil(n / stride[axis]));
  const voxelsOf = (kept: number, axis: number) => {
    const reach = (margin[axis] + kept - 1) * stride[axis] + after[axis] + 1;
    return Math.ceil(reach / stride[axis]) * stride[axis];
  };
  const kept = [1, 1, 1];
  const size = () => kept.reduce((product, n, axis) => product * voxelsOf(n, axis), perVoxel);
  for (let grown = true; grown; ) {
    grown = false;
    for (const axis of [0, 1, 2]) {
      if (kept[axis] >= elements[axis]) continue;
      kept[axis]++;
      if (size() > most) kept[axis]--;
      else grown = true;
    }
  }
  const tiles = elements.map((n, axis) => Math.ceil(n / kept[axis]));
  // Tiles of about the same size, rather than a small one at the end.
  const even = elements.map((n, axis) => Math.ceil(n / tiles[axis]));
  const three = (values: readonly number[]): Shape3 => [values[0], values[1], values[2]];
  return {
    elements,
    kept: three(even),
    tiles: three(tiles),
    margin: three(margin),
    voxels: three(even.map(voxelsOf)),
  };
}

/** Copies the kept elements of a tile's value `[…, channels]` to where they belong. */
export function keepTile(
  plan: TilePlan,
  tile: Shape3,
  value: Float32Array,
  shape: Shape3,
  into: Float32Array,
  channels: number,
): void {
  const { kept, margin, elements } = plan;
  const from = tile.map((n, axis) => n * kept[axis]);
  const count = from.map((n, axis) => Math.min(kept[axis], elements[axis] - n));
  const row = count[2] * channels;
  for (let z = 0; z < count[0]; z++)
    for (let y = 0; y < count[1]; y++) {
      const source =
        (((z + margin[0]) * shape[1] + y + margin[1]) * shape[2] + margin[2]) * channels;
      const target =
        (((z + from[0]) * elements[1] + y + from[1]) * elements[2] + from[2]) * channels;
      into.set(value.subarray(source, source + row), target);
    }
}

/** Elements of a window of `size`, cut out at `start`, into `out` from `at` on. */
export function cutWindow(
  features: Float32Array,
  [, ny, nx]: Shape3,
  start: Shape3,
  [sz, sy, sx]: readonly number[],
  channels: number,
  out: Float32Array,
  at: number,
): void {
  const row = sx * channels;
  let to = at;
  for (let z = 0; z < sz; z++)
    for (let y = 0; y < sy; y++, to += row) {
      const from = (((start[0] + z) * ny + start[1] + y) * nx + start[2]) * channels;
      out.set(features.subarray(from, from + row), to);
    }
}

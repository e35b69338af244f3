import { paste } from '../volume/convert.ts';
import { gridOfRegion } from '../volume/region.ts';
import { computeStats } from '../volume/stats.ts';
import type { Grid } from '../volume/grid.ts';
import type { Region } from '../volume/region.ts';
import type { Shape3, Volume } from '../volume/types.ts';
import type { TilePlan } from './plan.ts';

/** The values of a tile that starts at `start` and may reach beyond the volume, where it has `fill`. */
export function tileValues(
  volume: Pick<Volume, 'data' | 'shape'>,
  start: Shape3,
  tile: Shape3,
  { fill, standardised }: { readonly fill: number; readonly standardised: boolean },
): Float32Array<ArrayBuffer> {
  const values = paste(volume, [-start[0], -start[1], -start[2]], tile, fill);
  if (!standardised) return values;
  const { mean, std } = computeStats(values);
  const scale = std > 0 ? 1 / std : 1;
  return values.map((value) => (value - mean) * scale);
}

/** A tile around a place, and what of the whole output it holds. */
export interface TileAround {
  /** Of the volume; starts in front of it where the tile is the larger one. */
  readonly input: Region;
  /** Of the whole output. */
  readonly output: Region;
}

/**
 * The tile whose middle is as close to a voxel of the whole output as the volume allows.
 * @param place `[z, y, x]`
 */
export function tileAround({ axes }: TilePlan, place: Shape3): TileAround {
  const firsts = axes.map(({ out, length }, i) => {
    if (out >= length) return 0 - Math.floor((out - length) / 2);
    return Math.min(length - out, Math.max(0, place[i] - Math.floor(out / 2)));
  });
  const start = axes.map(({ stride, before }, i) => firsts[i] * stride - before);
  return {
    input: { start: triple(start), shape: triple(axes.map(({ tile }) => tile)) },
    output: { start: triple(firsts), shape: triple(axes.map(({ out }) => out)) },
  };
}

/** The grid of a tile in the world coordinates of the volume. */
export function tileGrid<G extends Grid>(grid: G, { input }: TileAround): G {
  return gridOfRegion(grid, input);
}

const triple = ([z, y, x]: readonly number[]): Shape3 => [z, y, x];

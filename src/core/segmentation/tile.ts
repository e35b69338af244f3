import { turned, turnedGrid, turnedShape } from './axes.ts';
import { interleave } from '../volume/channels.ts';
import { paste } from '../volume/convert.ts';
import { gridOfRegion, sectionsAround } from '../volume/region.ts';
import { computeStats } from '../volume/stats.ts';
import type { Grid } from '../volume/grid.ts';
import type { Region } from '../volume/region.ts';
import type { Shape3 } from '../volume/types.ts';
import type { TilePlan } from './plan.ts';
import type { Tiling } from './tiling.ts';

/** How the values of a tile become those that a network sees. */
export interface TileReading extends Pick<Tiling, 'standardised' | 'sections'> {
  /** What there is beyond the volume. */
  readonly fill: number;
}

/**
 * The values of a tile that starts at `start` and may reach beyond the volume. With several sections `[1, y, x, section]`,
 * those around the tile's; beyond the volume its last one is repeated.
 */
export function tileValues(
  volume: { readonly data: Float32Array; readonly shape: Shape3 },
  start: Shape3,
  tile: Shape3,
  { fill, standardised, sections }: TileReading,
): Float32Array<ArrayBuffer> {
  const values =
    sections > 1
      ? interleave(
          sectionsAround(volume, start[0], sections).map((data) =>
            paste({ data, shape: oneSection(volume.shape) }, [0, -start[1], -start[2]], tile, fill),
          ),
        )
      : paste(volume, [-start[0], -start[1], -start[2]], tile, fill);
  if (!standardised) return values;
  const { mean, std } = computeStats(values);
  const scale = std > 0 ? 1 / std : 1;
  return values.map((value) => (value - mean) * scale);
}

/** A tile around a place, in the order of the network's axes. */
export interface TileAround {
  /** Of the volume; starts in front of it where the tile is the larger one. */
  readonly input: Region;
  /** Of the whole output. */
  readonly output: Region;
}

/**
 * The tile whose middle is as close to a voxel of the whole output as the volume allows.
 * @param place `[z, y, x]`, in the order of the network's axes
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

/** The voxel of the whole output that a voxel of the volume lies in, `[z, y, x]`, in the order of the network's axes. */
export function outputVoxel({ axes }: TilePlan, voxel: Shape3): Shape3 {
  return triple(
    axes.map(({ stride, length }, i) => Math.min(length - 1, Math.floor(voxel[i] / stride))),
  );
}

/** A part of a volume as a network sees it, with the place that it was cut around. */
export interface CutTile<G extends Grid> extends TileAround {
  readonly values: Float32Array;
  /** In the order of the network's axes. */
  readonly grid: G;
  /** Of the tile's output. */
  readonly place: Shape3;
}

/**
 * Cuts the tile around a voxel of the whole output.
 * @param volume with its grid; of one channel
 * @param place `[z, y, x]` in the whole output
 */
export function cutTile<G extends Grid>(
  volume: G & { readonly data: Float32Array },
  plan: TilePlan,
  { axes, standardised, sections }: Pick<Tiling, 'axes' | 'standardised' | 'sections'>,
  place: Shape3,
): CutTile<G> {
  const at = turnedShape(place, axes);
  const around = tileAround(plan, at);
  const { data, ...grid } = volume;
  const turnedVolume = {
    data: turned(data, volume.shape, axes),
    shape: turnedShape(volume.shape, axes),
  };
  const { start, shape } = around.input;
  const fill = computeStats(data).mean;
  return {
    ...around,
    values: tileValues(turnedVolume, start, shape, { fill, standardised, sections }),
    grid: gridOfRegion(turnedGrid(grid as unknown as G, axes), around.input),
    place: triple(at.map((n, i) => n - around.output.start[i])),
  };
}

const oneSection = ([, ny, nx]: Shape3): Shape3 => [1, ny, nx];

const triple = ([z, y, x]: readonly number[]): Shape3 => [z, y, x];

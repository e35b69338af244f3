import { join } from 'node:path';
import { writeMrc } from '../src/core/mrc/index.ts';
import {
  type NewParticles,
  PARTICLE_WRITERS,
  type WRITTEN_FORMATS,
} from '../src/core/particles/index.ts';
import type { WindowGrid } from '../src/core/picking/index.ts';
import { type SourceGrid, type Vec3, voxelToWorld } from '../src/core/volume/index.ts';
import { FileNames } from './explain-files.ts';
import { type Output, writeTogether } from './write.ts';

/** Scores of windows all over a volume. */
export interface ScoreMaps {
  readonly classes: readonly string[];
  readonly grid: WindowGrid;
  /** By class. */
  readonly scores: readonly Float32Array[];
}

/**
 * Writes picks as `picks.star` (or in another format), and of a classifier `score-<class>.mrc`: the score of each window
 * before the softmax at the window's centre. Returns their paths.
 */
export async function writePicks(
  folder: string,
  format: (typeof WRITTEN_FORMATS)[number],
  picks: NewParticles,
  volume: SourceGrid,
  maps: ScoreMaps | null,
) {
  const lists =
    picks.count > 0
      ? PARTICLE_WRITERS[format]
          .write(picks, 'picks')
          .map(({ name, bytes }): Output => ({ path: join(folder, name), bytes }))
      : [];
  const scores = maps ? mapsOf(folder, volume, maps) : [];
  await writeTogether([...scores, ...lists]);
  return { list: lists.map(({ path }) => path), scores: scores.map(({ path }) => path) };
}

function mapsOf(
  folder: string,
  volume: SourceGrid,
  { classes, grid, scores }: ScoreMaps,
): Output[] {
  const { voxelSize, voxelSizeKnown } = volume;
  const { first, size, shape, stride } = grid;
  const centre = (axis: number) => first[axis] + (size[axis] - 1) / 2;
  const origin = voxelToWorld(volume, [centre(2), centre(1), centre(0)]);
  const step: Vec3 = [stride * voxelSize[0], stride * voxelSize[1], stride * voxelSize[2]];
  const names = new FileNames();
  return scores.map((data, c) => ({
    path: join(folder, `score-${names.of(classes[c], 'mrc')}`),
    bytes: writeMrc(
      { data, shape, voxelSize: step, origin },
      { labels: [`score of ${classes[c]}`], voxelSizeKnown },
    ),
  }));
}

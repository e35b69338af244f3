import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CamMethod } from '../src/core/cam/index.ts';
import { badInput } from '../src/core/errors.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { writeNpy } from '../src/core/npy/index.ts';
import { resample, type Shape3, type SourceGrid } from '../src/core/volume/index.ts';
import type { Explanation } from '../src/engine/types.ts';
import { readBytes } from './files.ts';
import { writeTogether } from './write.ts';

/** Paths of one written map. */
export interface MapFiles {
  readonly npy: string;
  readonly mrc: string;
}

/** Finds the files of a map; undefined for what was not written. */
export type FindFiles = (layer: string, index: number, method: CamMethod) => MapFiles | undefined;

/** One map and the files that it goes into. */
interface MapOutput extends MapFiles {
  readonly key: string;
  readonly npyBytes: () => Uint8Array;
  readonly mrcBytes: () => Uint8Array;
}

/**
 * Writes each map into a folder that is there, as `<layer>.<class>.<method>.npy` (float32, the layer's own resolution, unscaled) and
 * `.mrc` (trilinear, on `grid`, the input's, with its voxel size and origin). Without `force` no map that
 * differs is replaced.
 *
 * @throws AppError 'bad-input', before anything is written, when another map is there.
 */
export async function writeMaps(
  explanation: Explanation,
  grid: SourceGrid,
  folder: string,
  { force }: { readonly force: boolean },
): Promise<FindFiles> {
  if (!force) {
    for (const { npy, npyBytes, mrc, mrcBytes } of outputsOf(explanation, grid, folder)) {
      await refuseOther(folder, npy, npyBytes);
      await refuseOther(folder, mrc, mrcBytes);
    }
  }
  const written = new Map<string, MapFiles>();
  for (const { key, npy, npyBytes, mrc, mrcBytes } of outputsOf(explanation, grid, folder)) {
    await writeTogether(
      [
        { path: npy, bytes: npyBytes() },
        { path: mrc, bytes: mrcBytes() },
      ],
      { durable: false },
    );
    written.set(key, { npy, mrc });
  }
  return (layer, index, method) => written.get(`${layer}.${index}.${method}`);
}

/** Every map in turn, so that the bytes of no more than one are in memory. */
function* outputsOf(
  { layers }: Explanation,
  grid: SourceGrid,
  folder: string,
): Generator<MapOutput> {
  const { voxelSize, voxelSizeKnown, origin } = grid;
  for (const { name, shape, classes } of layers) {
    const from: Shape3 =
      shape.length === 3 ? [shape[0], shape[1], shape[2]] : [1, shape[0], shape[1]];
    for (const { index, methods } of classes) {
      for (const [method, map] of Object.entries(methods)) {
        const key = `${name}.${index}.${method}`;
        const base = join(folder, fileName(key));
        const labels = [`${method} map of class ${index} at layer ${name}`];
        yield {
          key,
          npy: `${base}.npy`,
          npyBytes: () => writeNpy(map.data, shape),
          mrc: `${base}.mrc`,
          mrcBytes: () =>
            writeMrc(
              {
                data: resample(map.data, from, grid.shape),
                shape: grid.shape,
                voxelSize,
                origin,
              },
              { labels, voxelSizeKnown },
            ),
        };
      }
    }
  }
}

/** The same map, made again, may replace itself. */
async function refuseOther(folder: string, path: string, bytes: () => Uint8Array): Promise<void> {
  if (!existsSync(path) || Buffer.compare(await readBytes(path), bytes()) === 0) return;
  throw badInput(
    `--out ${folder}: ${path} holds another map; accepted: another folder, or --force to replace it`,
  );
}

/** A layer may be called `a/b`: what no file name may hold is percent-encoded, so that no two collide. */
export function fileName(key: string): string {
  return key.replace(/[%/\\:*?"<>|]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

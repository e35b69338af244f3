import { join } from 'node:path';
import type { CamMethod } from '../src/core/cam/index.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { writeNpy } from '../src/core/npy/index.ts';
import { resample, type Shape3, type SourceGrid } from '../src/core/volume/index.ts';
import type { Explanation } from '../src/engine/types.ts';
import { writeTogether } from './write.ts';

/** Paths of one written map. */
export interface MapFiles {
  readonly npy: string;
  readonly mrc: string;
}

/** Finds the files of a map; undefined for what was not written. */
export type FindFiles = (layer: string, index: number, method: CamMethod) => MapFiles | undefined;

/**
 * Writes each map into a folder that is there, as `<layer>.<class>.<method>.npy` (float32, the map's own resolution, unscaled) and
 * `.mrc` (trilinear, on `grid`, the input's, with its voxel size and origin).
 */
export async function writeMaps(
  explanation: Explanation,
  grid: SourceGrid,
  folder: string,
): Promise<FindFiles> {
  const written = new Map<string, MapFiles>();
  const names = new FileNames();
  for (const { name, classes } of explanation.layers) {
    for (const { index, methods } of classes) {
      for (const [method, map] of Object.entries(methods)) {
        const key = `${name}.${index}.${method}`;
        const { shape } = map;
        const base = join(folder, names.of(name, `${index}.${method}`));
        const files = { npy: `${base}.npy`, mrc: `${base}.mrc` };
        const from: Shape3 =
          shape.length === 3 ? [shape[0], shape[1], shape[2]] : [1, shape[0], shape[1]];
        const { voxelSize, voxelSizeKnown, origin } = grid;
        const data = resample(map.data, from, grid.shape);
        const labels = [`${method} map of class ${index} at layer ${name}`];
        await writeTogether(
          [
            { path: files.npy, bytes: writeNpy(map.data, shape) },
            {
              path: files.mrc,
              bytes: writeMrc(
                { data, shape: grid.shape, voxelSize, origin },
                { labels, voxelSizeKnown },
              ),
            },
          ],
          { durable: false },
        );
        written.set(key, files);
      }
    }
  }
  return (layer, index, method) => written.get(`${layer}.${index}.${method}`);
}

/** Names of files for layers that may be called `a/b`. */
export class FileNames {
  private readonly layers = new Map<string, string>();

  /** `<layer>.<rest>` with every character of the layer outside `[A-Za-z0-9._-]` as `_`; a clash gets `~2`. */
  of(layer: string, rest: string): string {
    let own = this.layers.get(layer);
    if (own === undefined) {
      const plain = layer.replace(/[^A-Za-z0-9._-]/g, '_');
      // Some file systems ignore case.
      const taken = new Set([...this.layers.values()].map((name) => name.toLowerCase()));
      own = plain;
      for (let n = 2; taken.has(own.toLowerCase()); n++) own = `${plain}~${n}`;
      this.layers.set(layer, own);
    }
    return `${own}.${rest}`;
  }
}

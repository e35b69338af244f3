import { join } from 'node:path';
import type { AlignedMean } from '../src/core/gallery/index.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import type { SourceGrid, Vec3 } from '../src/core/volume/index.ts';
import { FileNames } from './explain-files.ts';
import { type Output, writeTogether } from './write.ts';

/** What was gathered of one class. */
export interface GalleryClass {
  readonly name: string;
  /** The network's class that was explained; of a group without one, that of its first particle. */
  readonly index: number;
  readonly grid: SourceGrid;
  readonly input: AlignedMean;
  readonly map: AlignedMean;
  readonly scores: number[];
  /** Of each particle's map. */
  readonly sums: number[];
  /** How many the network calls so itself. */
  right: number;
  /** How many had angles. */
  turned: number;
}

/** Writes the mean input, the mean map and the spread of the maps of each class, centred on the world's origin. */
export async function writeGallery(
  folder: string,
  classes: readonly GalleryClass[],
  document: object,
) {
  const names = new FileNames();
  const outputs: Output[] = [];
  const files = classes.map(({ name, grid, input, map }) => {
    const { shape, voxelSize, voxelSizeKnown } = grid;
    const corner = (axis: number) => (-(shape[2 - axis] - 1) / 2) * voxelSize[axis];
    const origin: Vec3 = [corner(0), corner(1), corner(2)];
    const write = (data: Float32Array, what: string, label: string): string => {
      const path = join(folder, names.of(name, `${what}.mrc`));
      const labels = [`${label} of ${name}, ${input.count} particles`];
      const bytes = writeMrc({ data, shape, voxelSize, origin }, { labels, voxelSizeKnown });
      outputs.push({ path, bytes });
      return path;
    };
    return {
      class: name,
      input: write(input.mean(), 'input', 'mean input'),
      map: write(map.mean(), 'map', 'mean map'),
      spread: write(map.spread(), 'spread', 'standard deviation of the maps'),
    };
  });
  const text = `${JSON.stringify({ ...document, files }, null, 1)}\n`;
  outputs.push({ path: join(folder, 'gallery.json'), bytes: new TextEncoder().encode(text) });
  await writeTogether(outputs);
  return files;
}

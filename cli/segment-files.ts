import { join } from 'node:path';
import { writeMrc } from '../src/core/mrc/index.ts';
import { outputGrid } from '../src/core/segmentation/index.ts';
import type { SourceGrid, VoxelArray } from '../src/core/volume/index.ts';
import type { ModelInfo, Segmentation } from '../src/engine/types.ts';
import { FileNames } from './explain-files.ts';
import type { SegmentDocument } from './segment-report.ts';
import { type Output, writeTogether } from './write.ts';
import { mapTo } from '../src/core/typed-arrays.ts';

/** What `explain --segmentation` reads of a folder. */
export const LABELS = 'labels.mrc';
export const DOCUMENT = 'segmentation.json';
/** Voxels of a class, where several may hold at a voxel. */
export const classFile = (label: number) => `class-${label}.mrc`;

/**
 * Writes a segmentation into a folder that is there: `labels.mrc` (int8, 0 for no class), `segmentation.json`, with several
 * classes at some voxels `class-<label>.mrc`, and where they were kept `probability-<class>.mrc` (float32); all with the
 * volume's voxel size and origin.
 */
export async function writeSegmentation(
  folder: string,
  { classes, title }: ModelInfo,
  input: SourceGrid,
  found: Segmentation,
  document: SegmentDocument,
) {
  const grid = outputGrid(input, found.plan, found.tiling.axes);
  const { voxelSizeKnown } = input;
  const { channels, labels, members, shared } = found;
  const mrc = (name: string, data: VoxelArray, label: string): Output => ({
    path: join(folder, name),
    bytes: writeMrc({ ...grid, data }, { labels: [label], voxelSizeKnown }),
  });
  const narrow = channels.length < 128 ? Int8Array.from(labels) : labels;
  const outputs = [mrc(LABELS, narrow, `labels of ${title}`)];
  if (members && shared > 0)
    for (const [i, channel] of channels.entries()) {
      const own = mapTo(new Int8Array(members.length), members, (bits) => (bits >>> i) & 1);
      outputs.push(mrc(classFile(i + 1), own, `voxels of ${classes[channel]}`));
    }
  const names = new FileNames();
  const probabilities = found.probabilities?.map((values, channel) => {
    const name = `probability-${names.of(classes[channel], 'mrc')}`;
    outputs.push(mrc(name, values, `probability of ${classes[channel]}`));
    return join(folder, name);
  });
  const files = { labels: join(folder, LABELS), probabilities: probabilities ?? null };
  const text = `${JSON.stringify({ ...document, files })}\n`;
  outputs.push({ path: join(folder, DOCUMENT), bytes: new TextEncoder().encode(text) });
  await writeTogether(outputs);
  return files;
}

import { writeMrc } from '../../core/mrc/index.ts';
import { componentsCsv } from '../../core/segmentation/index.ts';
import { volumeStem } from '../../core/volume/index.ts';
import { labelName, type SegmentedVolume, segmentationStore } from '../../state/index.ts';
import { type FileExport, saveAs } from '../../ui/download.ts';

export type SegmentationExport = FileExport<SegmentedVolume>;

/** What a segmentation can be saved as; each row is a button and a command. */
export const SEGMENTATION_EXPORTS: readonly SegmentationExport[] = [
  {
    label: 'MRC',
    hint: 'labels as int8, 0 for no class, in the place of the volume',
    ending: '.labels.mrc',
    type: 'application/octet-stream',
    write: ({ found, grid, model, item }) =>
      writeMrc(
        {
          ...grid,
          data: found.channels.length < 128 ? Int8Array.from(found.labels) : found.labels,
        },
        {
          voxelSizeKnown: grid.voxelSizeKnown,
          labels: [
            `Labels of ${model.title} over ${item.name}`,
            ...found.channels.map((channel, i) => `${i + 1}: ${model.classes[channel]}`),
          ],
        },
      ),
  },
  {
    label: 'CSV',
    hint: 'the components with class, nm³, centroid and probability',
    ending: '.components.csv',
    type: 'text/csv',
    write: (shown) =>
      componentsCsv(shown.found.components.list, shown.grid, (label) => labelName(shown, label)),
  },
];

export function saveSegmentation(row: SegmentationExport): void {
  const { result } = segmentationStore.getState();
  if (result) void saveAs(row, result, volumeStem(result.item.name));
}

import { METHODS } from '../core/cam/index.ts';
import { writeMrc } from '../core/mrc/index.ts';
import { volumeStem } from '../core/volume/index.ts';
import { type Answer, columnOf, displayStore, type ShownMap } from '../state/index.ts';
import { type FileExport, saveAs } from '../ui/download.ts';
import { METHOD_NAMES } from './glossary.ts';

interface ShownHeatmap extends ShownMap {
  readonly answer: Answer;
}

export type HeatmapExport = FileExport<ShownHeatmap>;

/** What the heatmap of a column can be saved as; each row is a button over it and a command. */
export const HEATMAP_EXPORTS: readonly HeatmapExport[] = [
  {
    label: 'MRC',
    hint: "on the input's grid",
    ending: '.mrc',
    type: 'application/octet-stream',
    write: ({ answer: { item, model }, method, heatmap, classIndex, layer }) =>
      writeMrc(heatmap, {
        voxelSizeKnown: item.volume.voxelSizeKnown,
        labels: [
          `${METHOD_NAMES[method]} heatmap, raw values: ${METHODS[method].unit}`,
          `Class ${classIndex}: ${model.classes[classIndex]}`,
          `Layer ${layer} of ${model.title}`,
          `Input ${item.name}`,
        ],
      }),
  },
];

/** Saves the heatmap of a column: raw values, voxel size (where known) and origin. */
export function saveHeatmap(id: string, row: HeatmapExport): void {
  const column = columnOf(displayStore.getState(), id);
  if (!column?.shown || !column.answer) return;
  const { shown, answer } = column;
  const { model, item } = answer;
  const parts = [volumeStem(item.name), shown.layer, model.classes[shown.classIndex], shown.method];
  saveAs(row, { ...shown, answer }, parts.join('.').replaceAll(/[^\w.+-]+/g, '-'));
}

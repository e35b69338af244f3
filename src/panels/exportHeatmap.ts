import { writeMrc } from '../core/mrc/index.ts';
import { volumeStem } from '../core/volume/index.ts';
import { displayStore } from '../state/index.ts';
import { download } from '../ui/download.ts';
import { METHOD_NAMES } from './glossary.ts';

/** Saves the heatmap of a column as MRC on the input's grid: raw values, voxel size (where known) and origin. */
export function exportHeatmap(side: 'left' | 'right'): void {
  const { [side]: shown, answer } = displayStore.getState();
  if (!shown || !answer) return;
  const { model, item } = answer;
  const className = model.classes[shown.classIndex];
  const bytes = writeMrc(shown.heatmap, {
    voxelSizeKnown: item.volume.voxelSizeKnown,
    labels: [
      `${METHOD_NAMES[shown.method]} heatmap, raw values in units of the class score`,
      `Class ${shown.classIndex}: ${className}`,
      `Layer ${shown.layer} of ${model.title}`,
      `Input ${item.name}`,
    ],
  });
  const stem = volumeStem(item.name);
  const name = [stem, shown.layer, className, shown.method].join('.').replaceAll(/[^\w.+-]+/g, '-');
  download(`${name}.mrc`, new Blob([bytes], { type: 'application/octet-stream' }));
}

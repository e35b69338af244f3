import { writeMrc } from '../core/mrc/index.ts';
import { displayStore } from '../state/index.ts';
import { download } from '../ui/download.ts';
import { METHOD_NAMES } from './words.ts';

/** Saves the heatmap of a column as MRC on the input's grid: raw values, voxel size and origin. */
export function exportHeatmap(side: 'left' | 'right'): void {
  const { [side]: shown, answer } = displayStore.getState();
  if (!shown || !answer) return;
  const { model, item } = answer;
  const className = model.classes[shown.classIndex];
  const bytes = writeMrc(shown.heatmap, {
    labels: [
      `${METHOD_NAMES[shown.method]} heatmap, raw values in units of the class score`,
      `Class ${shown.classIndex}: ${className}`,
      `Layer ${shown.layer} of ${model.title}`,
      `Input ${item.name}`,
    ],
  });
  const stem = item.name.replace(/(\.(mrc|map|ccp4|rec|mrcs|npy|gz|bz2))+$/i, '');
  const name = [stem, shown.layer, className, shown.method].join('.').replaceAll(/[^\w.+-]+/g, '-');
  download(`${name}.mrc`, new Blob([bytes], { type: 'application/octet-stream' }));
}

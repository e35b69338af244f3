import { fileStem, volumeStem } from '../../core/volume/index.ts';
import type { MapColumn } from '../../state/index.ts';

/** File name of what a column is saved as, without its ending. */
export function columnStem({ answer: { item, model }, shown }: MapColumn): string {
  const { layer, classIndex, method } = shown;
  return fileStem([volumeStem(item.name), layer, model.classes[classIndex], method]);
}

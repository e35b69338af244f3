import { METHODS } from '../../core/cam/index.ts';
import {
  type ChimeraMap,
  type ChimeraSurface,
  writeChimeraX,
  writeGlb,
  writeStl,
} from '../../core/export/index.ts';
import { writeMrc } from '../../core/mrc/index.ts';
import { writeNpy } from '../../core/npy/index.ts';
import { zipFiles } from '../../core/zip.ts';
import { METHOD_NAMES } from '../../panels/index.ts';
import { type MapColumn, viewStore } from '../../state/index.ts';
import { PROGRAM } from '../program.ts';
import { columnStem } from './columnStem.ts';
import { columnShells, columnSurfaces } from './surfaces.ts';

export function heatmapMrc(column: MapColumn): Uint8Array<ArrayBuffer> {
  const { answer, shown } = column;
  const { method, heatmap, classIndex, layer } = shown;
  const { item, model } = answer;
  return writeMrc(heatmap, {
    voxelSizeKnown: item.volume.voxelSizeKnown,
    labels: [
      `${METHOD_NAMES[method]} heatmap, raw values: ${METHODS[method].unit}`,
      `Class ${classIndex}: ${model.classes[classIndex]}`,
      `Layer ${layer} of ${model.title}`,
      `Input ${item.name}`,
    ],
  });
}

export const mapNpy = ({ shown: { map, gridShape } }: MapColumn): Uint8Array<ArrayBuffer> =>
  writeNpy(map.data, gridShape);

export const surfacesGlb = async (column: MapColumn): Promise<Uint8Array<ArrayBuffer>> =>
  writeGlb(await columnSurfaces(column), PROGRAM, { title: titleOf(column) });

export const surfacesStl = async (column: MapColumn): Promise<Uint8Array<ArrayBuffer>> =>
  writeStl(await columnSurfaces(column), titleOf(column));

export function chimeraX(column: MapColumn): Uint8Array<ArrayBuffer> {
  const stem = columnStem(column);
  const { answer, shown } = column;
  const volume = column.volume!;
  const density = `${stem}.density.mrc`;
  const heatmap = `${stem}.mrc`;
  const shells = columnShells(column);
  const surfaces = (of: object): ChimeraSurface[] =>
    shells
      .filter((shell) => shell.volume === of)
      .map(({ level, color, opacity }) => ({ level, color, opacity }));
  const maps: ChimeraMap[] = [
    { file: density, name: answer.item.name, surfaces: surfaces(volume) },
    { file: heatmap, name: METHOD_NAMES[shown.method], surfaces: surfaces(shown.heatmap) },
  ];
  const { voxelSizeKnown } = volume;
  const commands = writeChimeraX(maps, titleOf(column), viewStore.getState().camera.quaternion);
  return zipFiles({
    [`${stem}.cxc`]: commands,
    [density]: writeMrc(volume, { voxelSizeKnown, labels: [answer.item.name] }),
    [heatmap]: heatmapMrc(column),
  });
}

function titleOf({ answer, shown }: MapColumn): string {
  const name = answer.model.classes[shown.classIndex];
  return `${METHOD_NAMES[shown.method]} of ${answer.item.name}, class ${name}, layer ${shown.layer} of ${answer.model.title}`;
}

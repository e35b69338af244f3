import { METHODS } from '../../core/cam/index.ts';
import {
  type ChimeraMap,
  type ChimeraSurface,
  writeChimeraX,
  writeGlb,
  writeStl,
} from '../../core/export/index.ts';
import { sentence } from '../../core/errors.ts';
import { writeMrc } from '../../core/mrc/index.ts';
import { writeNpy } from '../../core/npy/index.ts';
import { zipFiles } from '../../core/zip.ts';
import { fileStem, volumeStem } from '../../core/volume/index.ts';
import { METHOD_NAMES } from '../../panels/index.ts';
import {
  actions,
  type Column,
  columnOf,
  displayStore,
  hasMap,
  type MapColumn,
  viewStore,
} from '../../state/index.ts';
import { type FileExport, saveAs } from '../../ui/download.ts';
import type { MenuItem } from '../../ui/Menu.tsx';
import { PROGRAM } from '../program.ts';
import { columnShells, columnSurfaces } from './surfaces.ts';

export type ColumnExport = FileExport<MapColumn>;

const BINARY = 'application/octet-stream';

/** What a heatmap can be saved as; each row is an entry of its menu and a command. */
export const COLUMN_EXPORTS: readonly ColumnExport[] = [
  {
    label: 'MRC',
    hint: "Raw values on the input's grid",
    ending: '.mrc',
    type: BINARY,
    write: heatmapMrc,
  },
  {
    label: 'NPY',
    hint: "Raw values on the layer's own grid",
    ending: '.npy',
    type: BINARY,
    write: ({ shown: { map, gridShape } }) => writeNpy(map.data, gridShape),
  },
  {
    label: 'GLB',
    hint: 'Surfaces of all levels in their colours, in Å, however the panel draws the map',
    ending: '.glb',
    type: 'model/gltf-binary',
    async write(column) {
      return writeGlb(await columnSurfaces(column), PROGRAM, { title: titleOf(column) });
    },
  },
  {
    label: 'STL',
    hint: 'The same surfaces without colours, to print',
    ending: '.stl',
    type: 'model/stl',
    async write(column) {
      return writeStl(await columnSurfaces(column), titleOf(column));
    },
  },
  {
    label: 'ChimeraX',
    hint: 'A ZIP of the maps and a .cxc that opens them with these levels and colours',
    ending: '.chimerax.zip',
    type: 'application/zip',
    write: chimeraX,
  },
];

function heatmapMrc(column: MapColumn): Uint8Array<ArrayBuffer> {
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

function chimeraX(column: MapColumn): Uint8Array<ArrayBuffer> {
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

/** File name of what a column is saved as, without its ending. */
export function columnStem({ answer: { item, model }, shown }: MapColumn): string {
  const { layer, classIndex, method } = shown;
  return fileStem([volumeStem(item.name), layer, model.classes[classIndex], method]);
}

/** Saves the map of a column; what goes wrong is said in a sentence. */
export async function saveColumn(id: string, row: ColumnExport): Promise<void> {
  const column = columnOf(displayStore.getState(), id);
  if (!column || !hasMap(column)) return;
  try {
    await saveAs(row, column, columnStem(column));
  } catch (error) {
    actions.reportError(sentence(error));
  }
}

/** The entries of a panel's menu. */
export function exportsOf({ id, shown }: Column): MenuItem[] {
  return COLUMN_EXPORTS.map((row) => ({
    label: `Save as ${row.label}`,
    hint: row.hint,
    disabled: shown === null,
    run: () => void saveColumn(id, row),
  }));
}

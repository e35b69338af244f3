import { sentence } from '../../core/errors.ts';
import {
  actions,
  type Column,
  columnOf,
  displayStore,
  hasMap,
  type MapColumn,
} from '../../state/index.ts';
import { type FileExport, saveAs } from '../../ui/download.ts';
import type { MenuItem } from '../../ui/Menu.tsx';
import { columnStem } from './columnStem.ts';

export type ColumnExport = FileExport<MapColumn>;

/** Fetched when something is saved, so that the first load does without them. */
const writers = () => import('./columnWriters.ts');

const BINARY = 'application/octet-stream';

/** What a heatmap can be saved as; each row is an entry of its menu and a command. */
export const COLUMN_EXPORTS: readonly ColumnExport[] = [
  {
    label: 'MRC',
    hint: "Raw values on the input's grid",
    ending: '.mrc',
    type: BINARY,
    write: async (column) => (await writers()).heatmapMrc(column),
  },
  {
    label: 'NPY',
    hint: "Raw values on the layer's own grid",
    ending: '.npy',
    type: BINARY,
    write: async (column) => (await writers()).mapNpy(column),
  },
  {
    label: 'GLB',
    hint: 'Surfaces of all levels in their colours, in Å, however the panel draws the map',
    ending: '.glb',
    type: 'model/gltf-binary',
    write: async (column) => (await writers()).surfacesGlb(column),
  },
  {
    label: 'STL',
    hint: 'The same surfaces without colours, to print',
    ending: '.stl',
    type: 'model/stl',
    write: async (column) => (await writers()).surfacesStl(column),
  },
  {
    label: 'ChimeraX',
    hint: 'A ZIP of the maps and a .cxc that opens them with these levels and colours',
    ending: '.chimerax.zip',
    type: 'application/zip',
    write: async (column) => (await writers()).chimeraX(column),
  },
];

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

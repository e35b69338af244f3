import { type Grid, voxelToWorld } from '../volume/grid.ts';
import { type Component, volumeNm3 } from './components.ts';

/** Columns of {@link componentsCsv}. */
const HEAD = 'id,label,class,voxels,nm3,x_angstrom,y_angstrom,z_angstrom,probability';

/**
 * One row for each component, as CSV (RFC 4180, lines end in "\n"), at its centroid; nm³ and Å are empty where the voxel
 * size is not known.
 *
 * @param grid of the labels
 */
export function componentsCsv(
  components: readonly Component[],
  grid: Grid & { readonly voxelSizeKnown: boolean },
  nameOf: (label: number) => string,
): string {
  const { voxelSizeKnown: known } = grid;
  const rows = components.map(({ id, label, voxels, centroid, probability }) => {
    const [z, y, x] = centroid;
    const place = known ? voxelToWorld(grid, [x, y, z]).map((n) => n.toFixed(2)) : ['', '', ''];
    const nm3 = known ? Number(volumeNm3(voxels, grid).toPrecision(6)) : '';
    return [id, label, quoted(nameOf(label)), voxels, nm3, ...place, probability.toFixed(4)];
  });
  return [HEAD, ...rows.map((row) => row.join(','))].map((row) => `${row}\n`).join('');
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

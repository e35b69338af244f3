import { formatSigned } from '../../core/color/index.ts';
import type { NamedSurface } from '../../core/export/index.ts';
import { isosurface } from '../../core/surface/isosurface.ts';
import type { Shell } from '../../scene/index.ts';
import { type Column, viewStore } from '../../state/index.ts';
import { shellsOf } from '../pages/explain/ColumnScene.tsx';

/** A level in the noise of a large volume has no use as a model. */
const MOST_TRIANGLES = 4_000_000;

/** The surfaces of a column as it shows them. */
export function columnShells(column: Column): Shell[] {
  const { palette, sign } = viewStore.getState();
  return shellsOf(column, palette, sign);
}

/** The same as meshes, the inner ones first, each named after its level. Lets the page breathe between them. */
export async function columnSurfaces(column: Column): Promise<NamedSurface[]> {
  const surfaces: NamedSurface[] = [];
  for (const { volume, level, enclose, color, opacity } of columnShells(column)) {
    const mesh = isosurface(volume, level, { enclose, maxTriangles: MOST_TRIANGLES });
    const name = volume === column.volume ? 'density' : `level ${formatSigned(level)}`;
    surfaces.push({ ...mesh, name, color, opacity });
    await new Promise<void>((resume) => setTimeout(resume));
  }
  return surfaces.sort((a, b) => b.opacity - a.opacity);
}

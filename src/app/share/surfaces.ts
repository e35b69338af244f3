import { formatSigned } from '../../core/color/index.ts';
import type { NamedSurface } from '../../core/export/index.ts';
import { VIEW_KINDS, type ViewKind } from '../../core/session/index.ts';
import { withoutDust } from '../../core/surface/dust.ts';
import { isosurface } from '../../core/surface/isosurface.ts';
import type { Shell } from '../../scene/index.ts';
import { type Column, viewStore } from '../../state/index.ts';
import { shellsOf } from '../pages/explain/ColumnScene.tsx';
import { nextTask } from '../../state/nextTask.ts';

/** A level in the noise of a large volume has no use as a model. */
const MOST_TRIANGLES = 4_000_000;

/** What a panel draws in place of the surfaces of its levels, which no file of surfaces holds; null for those. */
export function otherKind({ panel }: Column): ViewKind | null {
  return !panel || VIEW_KINDS[panel.kind].surface === 'levels' ? null : panel.kind;
}

/** The surfaces of a column's levels in its density, however its panel draws the map. */
export function columnShells(column: Column): Shell[] {
  const { panel } = column;
  const shown =
    panel && otherKind(column)
      ? { ...column, panel: { ...panel, kind: 'shells' as const } }
      : column;
  return shellsOf(shown, viewStore.getState());
}

/** The same as meshes, the inner ones first, each named after its level. The page can draw and answer between them. */
export async function columnSurfaces(column: Column): Promise<NamedSurface[]> {
  const surfaces: NamedSurface[] = [];
  for (const { volume, level, enclose, color, opacity, dust = 0 } of columnShells(column)) {
    const whole = isosurface(volume, level, { enclose, maxTriangles: MOST_TRIANGLES });
    const { mesh } = dust > 0 ? withoutDust(whole, dust) : { mesh: whole };
    const name = volume === column.volume ? 'density' : `level ${formatSigned(level)}`;
    surfaces.push({ ...mesh, name, color, opacity });
    await nextTask();
  }
  return surfaces.sort((a, b) => b.opacity - a.opacity);
}

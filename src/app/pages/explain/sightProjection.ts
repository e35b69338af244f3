import { VIEW_KINDS } from '../../../core/session/index.ts';
import type { ProjectionSpec } from '../../../scene/index.ts';
import { projectedContent } from '../../../slices/projections.ts';
import { type ColorChoices, sliceContent } from '../../../slices/sliceContent.ts';
import type { Column } from '../../../state/index.ts';

/** The map of a column that is drawn along the line of sight, with the colours of the projections along the axes. */
export function sightProjection(column: Column, choices: ColorChoices): ProjectionSpec | null {
  const { panel, volume, shown } = column;
  if (!panel || !volume || !shown || VIEW_KINDS[panel.kind].surface !== 'sight') return null;
  const content = sliceContent(volume, column, choices);
  const { colors } = projectedContent(content, 'z').content;
  return { density: volume, heat: shown.drawn, colors };
}

import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Vec3 } from '../../../core/volume/types.ts';
import { lengthUnitOf } from '../../../core/volume/index.ts';
import { sliceContent } from '../../../slices/sliceContent.ts';
import { Slices } from '../../../slices/index.ts';
import { layoutRow } from '../../sliceLayouts/index.ts';
import { type ColumnId, displayStore, shownIn, viewStore } from '../../../state/index.ts';

const moveCrosshair = (crosshair: Vec3) => viewStore.setState({ crosshair });

/** The slices of one column, called `title`. */
export function ColumnSlices({
  column,
  title,
}: {
  readonly column: ColumnId;
  readonly title: string;
}) {
  const density = useStore(displayStore, (display) => display.volume);
  const colour = useStore(displayStore, (display) => display.colour);
  const inputIso = useStore(displayStore, (display) => display.inputIso);
  const shown = useStore(displayStore, (display) => shownIn(column, display));
  const palette = useStore(viewStore, (view) => view.palette);
  const sign = useStore(viewStore, (view) => view.sign);
  const sliceMix = useStore(viewStore, (view) => view.sliceMix);
  const layout = useStore(viewStore, (view) => view.sliceLayout);
  const chosen = useStore(viewStore, (view) => view.lengthUnit);
  const crosshair = useStore(viewStore, (view) => view.crosshair);
  const content = useMemo(
    () => density && sliceContent(density, colour, inputIso, shown, { palette, sign, sliceMix }),
    [density, colour, inputIso, shown, palette, sign, sliceMix],
  );
  if (!content || !density || !crosshair) return null;
  return (
    <Slices
      {...{ title, content, crosshair }}
      View={layoutRow(layout, density).View}
      lengthUnit={lengthUnitOf(density, chosen)}
      method={column === 'input' ? null : title}
      onMove={moveCrosshair}
    />
  );
}

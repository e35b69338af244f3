import { useCallback, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Vec3 } from '../../../core/volume/types.ts';
import { lengthUnitOf } from '../../../core/volume/index.ts';
import { shortColumnTitle } from '../../../panels/index.ts';
import { sliceContent } from '../../../slices/sliceContent.ts';
import { Slices } from '../../../slices/index.ts';
import { layoutRow } from '../../sliceLayouts/index.ts';
import { useBrush, usePaintedLabels } from './brush.ts';
import { type Column, lookOf, setLook, viewStore } from '../../../state/index.ts';

/** The slices of one column, called `title`. */
export function ColumnSlices({
  column,
  title,
}: {
  readonly column: Column;
  readonly title: string;
}) {
  const { volume: density, shown } = column;
  const palette = useStore(viewStore, (view) => view.palette);
  const sign = useStore(viewStore, (view) => view.sign);
  const sliceMix = useStore(viewStore, (view) => view.sliceMix);
  const layout = useStore(viewStore, (view) => view.sliceLayout);
  const chosen = useStore(viewStore, (view) => view.lengthUnit);
  const crosshair = useStore(viewStore, (view) => lookOf(view, column.id).crosshair);
  const move = useCallback(
    (next: Vec3) => setLook(viewStore, column.id, { crosshair: next }),
    [column.id],
  );
  const labels = usePaintedLabels(column);
  const brush = useBrush(column);
  const plain = useMemo(
    () => density && sliceContent(density, column, { palette, sign, sliceMix }),
    [density, column, palette, sign, sliceMix],
  );
  const content = useMemo(() => plain && (labels ? { ...plain, labels } : plain), [plain, labels]);
  if (!content || !density || !crosshair) return null;
  return (
    <Slices
      {...{ title, content, crosshair, brush }}
      View={layoutRow(layout, density).View}
      lengthUnit={lengthUnitOf(density, chosen)}
      method={shown ? [title, shortColumnTitle(column)] : null}
      onMove={move}
    />
  );
}

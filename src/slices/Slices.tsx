import { lengthUnitOf } from '../core/volume/index.ts';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Vec3 } from '../core/volume/types.ts';
import { displayStore, type ShownMap, type ViewState, viewStore } from '../state/index.ts';
import { sliceContent } from './content.ts';
import { PanelSlices } from './PanelSlices.tsx';

export type Panel = 'input' | 'left' | 'right';

/** The heatmap of a panel; none in the input's. */
export function shownIn(
  panel: Panel,
  display: { readonly left: ShownMap | null; readonly right: ShownMap | null },
): ShownMap | null {
  return panel === 'input' ? null : display[panel];
}

const moveCrosshair = (crosshair: Vec3) => viewStore.setState({ crosshair });
const pick =
  <K extends keyof ViewState>(key: K) =>
  (view: ViewState) =>
    view[key];

/** The slices of one panel of the comparison; `title` is what the panel is called. */
export function Slices({ panel, title }: { readonly panel: Panel; readonly title: string }) {
  const density = useStore(displayStore, (display) => display.volume);
  const inputIso = useStore(displayStore, (display) => display.inputIso);
  const shown = useStore(displayStore, (display) => shownIn(panel, display));
  const palette = useStore(viewStore, pick('palette'));
  const sign = useStore(viewStore, pick('sign'));
  const sliceMix = useStore(viewStore, pick('sliceMix'));
  const layout = useStore(viewStore, pick('sliceLayout'));
  const chosen = useStore(viewStore, pick('lengthUnit'));
  const crosshair = useStore(viewStore, pick('crosshair'));
  const content = useMemo(
    () => density && sliceContent(density, inputIso, shown, { palette, sign, sliceMix }),
    [density, inputIso, shown, palette, sign, sliceMix],
  );
  if (!content || !density || !crosshair) return null;
  const lengthUnit = lengthUnitOf(density, chosen);
  return (
    <PanelSlices
      {...{ title, content, crosshair, lengthUnit, layout }}
      method={panel === 'input' ? null : title}
      onMove={moveCrosshair}
    />
  );
}

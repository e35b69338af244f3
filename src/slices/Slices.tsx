import type { LengthUnit } from '../core/volume/index.ts';
import { type ComponentType, useCallback, useId, useState } from 'react';
import type { Vec3 } from '../core/volume/types.ts';
import type { SliceContent } from './painter.ts';
import { type Axis, ORIENTATION } from './planes.ts';
import { Readout } from './Readout.tsx';
import type { Brush } from './SliceStage.tsx';
import type { SliceLayoutProps } from './SliceView.tsx';
import styles from './Slices.module.css';

interface SlicesProps {
  /** What the panel shows, e.g. `Respond-CAM`. */
  readonly title: string;
  readonly content: SliceContent;
  /** Names of the heatmap's method, for much room and for little; null in the input's panel. */
  readonly method: readonly [string, string] | null;
  /** Å, world. */
  readonly crosshair: Vec3;
  readonly lengthUnit: LengthUnit;
  /** Which slices are shown, and how. */
  readonly View: ComponentType<SliceLayoutProps>;
  onMove(crosshair: Vec3): void;
  /** In place of the crosshair a drag moves a brush. */
  readonly brush?: Brush | null;
}

/** The slices of one panel and the values under the pointer, or at the crosshair. */
export function Slices(props: SlicesProps) {
  const { title, content, method, crosshair, lengthUnit, View, onMove, brush = null } = props;
  const [hover, setHover] = useState<{ axis: Axis; position: Vec3 } | null>(null);
  const [focused, setFocused] = useState(false);
  const onHover = useCallback(
    (axis: Axis, position: Vec3 | null) => setHover(position && { axis, position }),
    [],
  );
  const helpId = useId();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only watches where the focus is
    <div
      className={styles.panel}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      onKeyDown={() => setHover(null)}
    >
      <View {...{ title, content, crosshair, lengthUnit, helpId, onMove, onHover, brush }} />
      <Readout
        {...{ content, method, lengthUnit }}
        position={hover ? onSlice(hover, crosshair) : crosshair}
        live={focused && !hover}
      />
      <span id={helpId} hidden>
        Arrow keys move the crosshair, Page Up and Page Down step through the slices, Home and End
        go to the first and the last, Shift takes five at once.
        {brush && ' Space paints at the crosshair.'}
      </span>
    </div>
  );
}

/** The pointer may rest while the wheel or another view changes the slice under it. */
function onSlice({ axis, position }: { axis: Axis; position: Vec3 }, crosshair: Vec3): Vec3 {
  const at = [...position] as [number, number, number];
  const { through } = ORIENTATION[axis];
  at[through] = crosshair[through];
  return at;
}

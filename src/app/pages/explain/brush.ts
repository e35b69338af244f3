import { useMemo } from 'react';
import { useStore } from 'zustand';
import { classColor, labelTable } from '../../../core/color/index.ts';
import type { Vec3, Volume } from '../../../core/volume/types.ts';
import type { Shell } from '../../../scene/index.ts';
import type { Brush } from '../../../slices/index.ts';
import { ORIENTATION } from '../../../slices/planes.ts';
import type { LabelOverlay } from '../../../slices/painter.ts';
import {
  actions,
  type Column,
  displayStore,
  occlusionStore,
  type Painted,
  paintedOn,
} from '../../../state/index.ts';

const COLOR = classColor(0);
const TABLE = labelTable(new Map([[1, COLOR]]), 0.6);

/** Columns of the volume at the top alone are painted on. */
function usePainted({ own, volume }: Column): Painted | null {
  const volumeId = useStore(displayStore, (display) => display.volumeId);
  const painted = useStore(occlusionStore, (state) => paintedOn(state, volumeId, volume));
  return own === null ? painted : null;
}

/** What is painted, over the slices. */
export function usePaintedLabels(column: Column): LabelOverlay | null {
  const painted = usePainted(column);
  const { volume } = column;
  return useMemo(
    () =>
      painted && volume && painted.count > 0
        ? { volume: marked(painted, volume), table: TABLE }
        : null,
    [painted, volume],
  );
}

const NOTHING: readonly Shell[] = [];

/** The same among the surfaces, where the last stroke is at its end. */
export function usePaintedShell(column: Column): readonly Shell[] {
  const painted = usePainted(column);
  const { volume } = column;
  const rested = painted?.rested ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: during a stroke the surface stays as it is
  return useMemo(
    () =>
      painted && volume && rested
        ? [{ volume: marked(painted, volume), level: 0.5, color: COLOR, opacity: 0.5 }]
        : NOTHING,
    [rested, volume],
  );
}

/** What is painted, where the volume lies. */
function marked({ data }: Painted, { shape, voxelSize, origin }: Volume): Volume<Uint8Array> {
  return { data, shape, voxelSize, origin };
}

/** The brush over the slices of a column; null while a drag moves the crosshair. */
export function useBrush({ own, volume }: Column): Brush | null {
  const tip = useStore(occlusionStore, (state) => state.tip);
  const radius = useStore(occlusionStore, (state) => state.radius);
  return useMemo(() => {
    if (tip === null || own !== null || !volume) return null;
    return {
      radius,
      paint(from, to, axis) {
        const section = tip === 'disc' ? ORIENTATION[axis].through : null;
        actions.paint(volume, { from, to, section });
      },
      rest: actions.restBrush,
    };
  }, [tip, radius, own, volume]);
}

/** A ball at one place, where a brush is held. @returns whether it is */
export function paintAt({ own, volume }: Column, at: Vec3): boolean {
  if (occlusionStore.getState().tip === null || own !== null || !volume) return false;
  actions.paint(volume, { from: at, to: at, section: null });
  actions.restBrush();
  return true;
}

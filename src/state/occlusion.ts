import { createStore, type StoreApi } from 'zustand/vanilla';
import { markedCount, type Marks, type Part, voxelsOf } from '../core/faithfulness/index.ts';
import type { Shape3, Volume } from '../core/volume/types.ts';
import type { Hidden, Occluded } from './actions/occlude.ts';

/** What a drag does: marks a ball, a disc in the slice that is dragged in, or takes marks away. */
export type BrushTip = 'ball' | 'disc' | 'erase';

/** What was painted on a volume, whose box it fits; new with each stroke. */
export interface Painted {
  readonly shape: Shape3;
  /** `[z, y, x]`, 1 where marked; on the same memory from stroke to stroke. */
  readonly data: Uint8Array;
  readonly count: number;
  /** As it was at the end of the last stroke; null where nothing was marked. */
  readonly rested: Marks | null;
}

/** An attempt and what it was about. */
export interface OcclusionTry extends Occluded {
  readonly hidden: Hidden;
  readonly part: Part;
  /** The part was kept alone. */
  readonly only: boolean;
}

export interface OcclusionState {
  /** Å, of the brush and of a ball at the crosshair. */
  readonly radius: number;
  /** Null while a drag moves the crosshair. */
  readonly tip: BrushTip | null;
  /** By the volume's id. Read it with {@link paintedOn}. */
  readonly painted: Readonly<Record<string, Painted>>;
  /** The last ones, the newest first. */
  readonly tries: readonly OcclusionTry[];
}

/** Å; a fifth of a complex. */
export const FIRST_BRUSH = 40;

export const createOcclusionStore = () =>
  createStore<OcclusionState>(() => ({ radius: FIRST_BRUSH, tip: null, painted: {}, tries: [] }));

/** What is painted on a volume of this id and box; null where nothing is. */
export function paintedOn(
  { painted }: OcclusionState,
  volumeId: string | null,
  volume: Volume | null,
): Painted | null {
  const own = volumeId === null ? undefined : painted[volumeId];
  return own && volume && own.shape.every((n, axis) => n === volume.shape[axis]) ? own : null;
}

/** The marks of a volume as undo and sessions have them; null where there are none. */
export const marksOn = ({ painted }: OcclusionState, volumeId: string | null): Marks | null =>
  (volumeId !== null && painted[volumeId]?.rested) || null;

/** Marks in place of what is painted on a volume; null takes all away. */
export function setMarks(
  store: StoreApi<OcclusionState>,
  volumeId: string,
  marks: Marks | null,
): void {
  const { [volumeId]: _, ...others } = store.getState().painted;
  const own = marks && {
    ...{ shape: marks.shape, data: voxelsOf(marks) },
    ...{ count: markedCount(marks), rested: marks },
  };
  store.setState({ painted: own ? { ...others, [volumeId]: own } : others });
}

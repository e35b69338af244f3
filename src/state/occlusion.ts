import { createStore } from 'zustand/vanilla';
import type { Volume } from '../core/volume/types.ts';
import type { Hidden, Occluded } from './actions/occlude.ts';

/** What a drag does: marks a ball, a disc in the slice that is dragged in, or takes marks away. */
export type BrushTip = 'ball' | 'disc' | 'erase';

/** What was painted on a volume; new with each stroke, its marks (1) on the same memory. */
export interface Painted {
  readonly volumeId: string;
  readonly marks: Volume<Uint8Array>;
  /** The marks as they were at the end of the last stroke; null while there are none. */
  readonly rested: Volume<Uint8Array> | null;
  readonly count: number;
}

/** An attempt and what it was about. */
export interface OcclusionTry extends Occluded {
  readonly hidden: Hidden;
  /** The part was kept alone. */
  readonly only: boolean;
}

export interface OcclusionState {
  /** Å, of the brush and of a ball at the crosshair. */
  readonly radius: number;
  /** Null while a drag moves the crosshair. */
  readonly tip: BrushTip | null;
  readonly painted: Painted | null;
  /** The last ones, the newest first. */
  readonly tries: readonly OcclusionTry[];
}

/** Å; a fifth of a complex. */
export const FIRST_BRUSH = 40;

export const createOcclusionStore = () =>
  createStore<OcclusionState>(() => ({ radius: FIRST_BRUSH, tip: null, painted: null, tries: [] }));

/** What is painted on a volume of this id and grid; null where nothing is. */
export function paintedOn(
  { painted }: OcclusionState,
  volumeId: string | null,
  volume: Volume | null,
): Painted | null {
  const fits = painted && volume && painted.volumeId === volumeId;
  return fits && painted.marks.shape.every((n, axis) => n === volume.shape[axis]) ? painted : null;
}

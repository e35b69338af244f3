import { createStore } from 'zustand/vanilla';
import type { OverlayAtoms } from '../core/structure/index.ts';

/** How a structure lies in the volume: turned about its centre of mass, which lies off the middle of the box. */
export interface StructurePose {
  /** Unit quaternion `[x, y, z, w]`. */
  readonly rotation: readonly [number, number, number, number];
  /** Å. */
  readonly shift: readonly [number, number, number];
}

export const STRUCTURE_LOOKS = ['ribbon', 'atoms'] as const;
export type StructureLook = (typeof STRUCTURE_LOOKS)[number];

/** The structure over the volumes: the atoms that the user opened. */
export interface StructureState {
  readonly atoms: OverlayAtoms | null;
  readonly file: File | null;
  readonly pose: StructurePose;
  readonly visible: boolean;
  /** How it is drawn, where its backbone is known; else as atoms. */
  readonly drawn: StructureLook;
}

export const CENTRED: StructurePose = { rotation: [0, 0, 0, 1], shift: [0, 0, 0] };

export const createStructureStore = () =>
  createStore<StructureState>(() => ({
    ...{ atoms: null, file: null, pose: CENTRED },
    ...{ visible: true, drawn: 'ribbon' },
  }));

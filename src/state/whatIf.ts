import { createStore } from 'zustand/vanilla';
import type { WhatIf } from '../core/whatif/index.ts';

/** Other readings of the volume that is explained. */
export interface WhatIfState {
  /** What they are of, as {@link whatIfKey} has it; null before any was tried. */
  readonly key: string | null;
  readonly status: 'idle' | 'running' | 'ready' | 'error';
  /** Share that is done. */
  readonly fraction: number;
  readonly found: WhatIf | null;
  readonly error: string | null;
}

export const NOTHING_TRIED: WhatIfState = {
  key: null,
  status: 'idle',
  fraction: 0,
  found: null,
  error: null,
};

export const createWhatIfStore = () => createStore<WhatIfState>(() => NOTHING_TRIED);

import { createStore } from 'zustand/vanilla';
import type { ModelInfo, Progress } from '../engine/types.ts';

/** A bundled network, `public/models/index.json`. */
export interface CatalogueEntry {
  readonly id: string;
  readonly title: string;
  readonly path: string;
}

export interface NetworkState {
  readonly catalogue: readonly CatalogueEntry[];
  readonly model: ModelInfo | null;
  /** Id asked for last; differs from `model.id` while loading. */
  readonly chosenId: string | null;
  readonly status: 'empty' | 'loading' | 'ready' | 'error';
  readonly progress: Progress | null;
  readonly error: string | null;
}

export const createNetworkStore = () =>
  createStore<NetworkState>(() => ({
    catalogue: [],
    model: null,
    chosenId: null,
    status: 'empty',
    progress: null,
    error: null,
  }));

import { createStore } from 'zustand/vanilla';
import type { ModelInfo, Progress } from '../engine/types.ts';
import { currentVolume, type VolumesState } from './volumes.ts';

/** A bundled network, `public/models/index.json`. */
export interface CatalogueEntry {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  /** Networks of one family differ in what they were trained on alone. */
  readonly family?: string;
  /** Signal-to-noise ratio of the training volumes; `inf` when noise-free. */
  readonly snr?: number | 'inf';
}

export interface NetworkState {
  readonly catalogue: readonly CatalogueEntry[];
  readonly model: ModelInfo | null;
  /** Id asked for last; differs from `model.id` while loading. */
  readonly chosenId: string | null;
  /** The user chose the network himself, so it is not changed without asking. */
  readonly byUser: boolean;
  readonly status: 'empty' | 'loading' | 'ready' | 'error';
  readonly progress: Progress | null;
  readonly error: string | null;
}

export const createNetworkStore = () =>
  createStore<NetworkState>(() => ({
    catalogue: [],
    model: null,
    chosenId: null,
    byUser: false,
    status: 'empty',
    progress: null,
    error: null,
  }));

/**
 * The network of the same family that was trained at the noise of the sample shown; null when that is
 * the one in use, or when there is none.
 */
export function networkForSample(
  { catalogue, chosenId }: Pick<NetworkState, 'catalogue' | 'chosenId'>,
  volumes: VolumesState,
): CatalogueEntry | null {
  const sample = currentVolume(volumes)?.sample;
  const used = catalogue.find(({ id }) => id === chosenId);
  if (!sample || !used?.family || used.snr === sample.snr) return null;
  const { family } = used;
  return catalogue.find((one) => one.family === family && one.snr === sample.snr) ?? null;
}

import { createStore } from 'zustand/vanilla';
import {
  either,
  type Infer,
  line,
  list,
  number,
  object,
  oneOf,
  pathWithin,
} from '../core/schema/index.ts';
import type { ModelInfo, Progress } from '../engine/types.ts';
import { currentVolume, type VolumesState } from './volumes.ts';

/** `public/models/index.json`. */
export const catalogueList = list(
  object(
    { id: line(200), title: line(1000), path: pathWithin },
    {
      /** Networks of one family differ in what they were trained on alone. */
      family: line(200),
      /** Signal-to-noise ratio of the training volumes; `inf` when noise-free. */
      snr: either(number({ min: 0 }), oneOf('inf')),
      /** What it is the first choice for: volumes as they are simulated here, or particles of a tomogram. */
      first: oneOf('samples', 'particles'),
    },
  ),
  { max: 1000 },
);

/** A bundled network. */
export type CatalogueEntry = Infer<typeof catalogueList>[number];

/** The network that a page begins with; undefined where this build has none. */
export function firstNetwork(
  catalogue: readonly CatalogueEntry[],
  use: NonNullable<CatalogueEntry['first']>,
): CatalogueEntry | undefined {
  return catalogue.find(({ first }) => first === use) ?? catalogue[0];
}

/** The bundled network that suits particles while another bundled one is in use; null where there is none. */
export function networkForParticles({
  catalogue,
  chosenId,
}: Pick<NetworkState, 'catalogue' | 'chosenId'>): CatalogueEntry | null {
  const used = catalogue.find(({ id }) => id === chosenId);
  const fitting = catalogue.find(({ first }) => first === 'particles');
  return used && fitting && used !== fitting ? fitting : null;
}

export interface NetworkState {
  readonly catalogue: readonly CatalogueEntry[];
  readonly model: ModelInfo | null;
  /** Networks of this visit that are not in the catalogue. */
  readonly opened: readonly Pick<ModelInfo, 'id' | 'title'>[];
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
    opened: [],
    chosenId: null,
    byUser: false,
    status: 'empty',
    progress: null,
    error: null,
  }));

/** Name of the file beside a network that says what it expects. */
export function networkFile({ title }: Pick<ModelInfo, 'title'>): string {
  const stem = /^(.+)\.(onnx|keras|h5|hdf5|pth?|ckpt|scnm)$/i.exec(title)?.[1];
  return stem ? `${stem}.respond-cam.json` : 'respond-cam.json';
}

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

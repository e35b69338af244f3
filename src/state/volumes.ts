import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Fit, Normalization } from '../core/volume/index.ts';
import type { Progress } from '../engine/types.ts';
import type { GallerySample, VolumeItem } from './types.ts';

export type NormalizationChoice = 'model' | Normalization;
export type FitChoice = Fit;

export interface InputOptions {
  /** Flip the sign of the density before anything else. */
  readonly invert: boolean;
  readonly normalization: NormalizationChoice;
  /** How a volume of another box or voxel size is brought onto the network's grid. */
  readonly fit: FitChoice;
  /** How many times as large as they are taken for the voxels are; 1 unless the user says so. */
  readonly voxelScale: number;
  /** Section of a volume that a network of images is given, from 0; null is the middle one. */
  readonly section: number | null;
}

export interface VolumesState {
  readonly items: readonly VolumeItem[];
  readonly currentId: string | null;
  /** By the volume's id, of those that have their own. Read it with {@link optionsOf}. */
  readonly options: Readonly<Record<string, InputOptions>>;
  readonly gallery: readonly GallerySample[];
  /** The file being read now. */
  readonly opening: { readonly name: string; readonly progress: Progress } | null;
}

export const INITIAL_OPTIONS: InputOptions = {
  invert: false,
  normalization: 'model',
  fit: 'none',
  voxelScale: 1,
  section: null,
};

/** Pictures come in any size, so they are scaled without asking. */
export const PICTURE_OPTIONS: InputOptions = { ...INITIAL_OPTIONS, fit: 'cover' };

export const createVolumesStore = () =>
  createStore<VolumesState>(() => ({
    items: [],
    currentId: null,
    options: {},
    gallery: [],
    opening: null,
  }));

/** The volume on screen. */
export function currentVolume(state: VolumesState): VolumeItem | null {
  return state.items.find((item) => item.id === state.currentId) ?? null;
}

/** The volume on screen, or the one that it is a tile of. */
export function wholeOf(state: VolumesState): VolumeItem | null {
  const shown = currentVolume(state);
  const wholeId = shown?.tile?.wholeId;
  return wholeId === undefined ? shown : (state.items.find(({ id }) => id === wholeId) ?? null);
}

/** What is done to a volume before the network sees it; by default the one on screen. */
export function optionsOf(
  { options, currentId }: Pick<VolumesState, 'options' | 'currentId'>,
  id = currentId,
): InputOptions {
  return (id !== null && options[id]) || INITIAL_OPTIONS;
}

/** Gives the volume on screen its options. */
export function setOptions(store: StoreApi<VolumesState>, options: InputOptions): void {
  const { currentId, options: all } = store.getState();
  if (currentId !== null) store.setState({ options: { ...all, [currentId]: options } });
}

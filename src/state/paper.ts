import { createStore } from 'zustand/vanilla';
import type { PaperNetwork, Table1Row } from '../core/paper/index.ts';
import type { FloatVolume, SourceVolume } from '../core/volume/types.ts';
import type { Progress } from '../engine/types.ts';
import type { CameraState } from './view.ts';

/** The heatmap of one panel. */
export interface PaperAnswer {
  /** On the grid of the sample, divided by `peak`. */
  readonly map: FloatVolume;
  /** `max |L|` on that grid, class score per voxel. */
  readonly peak: number;
  /** Of the map at its layer's own resolution. */
  readonly sum: number;
  readonly score: number;
  readonly classIndex: number;
}

/** How far a network is with what it is asked; `absent` when this build does not have it. */
export type NetworkProgress =
  | { readonly status: 'waiting' | 'absent' | 'done' }
  | { readonly status: 'working'; readonly progress: Progress }
  | { readonly status: 'failed'; readonly error: string };

/** What the page with the paper's figures shows, and what it keeps while another page is shown. */
export interface PaperState {
  /** By id of the gallery sample. */
  readonly samples: Readonly<Record<string, SourceVolume<Float32Array>>>;
  /** Why a sample could not be read, by its id. */
  readonly sampleErrors: Readonly<Record<string, string>>;
  readonly networks: Readonly<Partial<Record<PaperNetwork, NetworkProgress>>>;
  /** By id of the panel. */
  readonly answers: Readonly<Record<string, PaperAnswer>>;
  /** Null until it has been looked for. */
  readonly table1: readonly Table1Row[] | null;
  /** By id of the row, of those that were turned. */
  readonly cameras: Readonly<Record<string, CameraState | undefined>>;
  /** CSS pixels that the page is scrolled down. */
  readonly scroll: number;
}

export const createPaperStore = () =>
  createStore<PaperState>(() => ({
    samples: {},
    sampleErrors: {},
    networks: {},
    answers: {},
    table1: null,
    cameras: {},
    scroll: 0,
  }));

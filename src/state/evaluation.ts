import { createStore } from 'zustand/vanilla';
import type { Evaluation } from '../core/evaluation/index.ts';
import type { GallerySample } from './types.ts';
import { INITIAL_OPTIONS, type InputOptions } from './volumes.ts';

export type SetKind = 'simulated' | 'bundled' | 'files';

/** A file and where it lies in the folder that was opened, with forward slashes. */
export interface LocatedFile {
  readonly path: string;
  readonly file: Blob;
}

/** Which volumes are to be evaluated. */
export interface EvaluationChoice {
  readonly set: SetKind;
  /** Simulated volumes of each class. */
  readonly perClass: number;
  /** SNR of simulated volumes; null as the network was trained. */
  readonly snr: number | null;
  /** SNR of the bundled samples; null takes them at every SNR. */
  readonly sampleSnr: GallerySample['snr'] | null;
  /** Whether deletion and insertion are run for each volume. */
  readonly faithfulness: boolean;
  /** What is done to each volume; another set starts without. */
  readonly input: InputOptions;
}

export interface EvaluationProgress {
  readonly done: number;
  readonly total: number;
  /** Seconds until the end at the rate so far; null until it can be estimated. */
  readonly left: number | null;
}

export interface EvaluationState {
  readonly choice: EvaluationChoice;
  readonly files: { readonly name: string; readonly entries: readonly LocatedFile[] } | null;
  readonly status: 'idle' | 'running' | 'done' | 'cancelled' | 'error';
  readonly progress: EvaluationProgress | null;
  /** Of the volumes that are done; grows during a run and stays when it is cancelled or fails. */
  readonly result: Evaluation | null;
  /** How the set was understood and its volumes were prepared, one sentence each. */
  readonly notes: readonly string[];
  /** Why the run failed or was cancelled, other than by the user. */
  readonly error: string | null;
}

export const createEvaluationStore = () =>
  createStore<EvaluationState>(() => ({
    choice: {
      set: 'simulated',
      perClass: 5,
      snr: null,
      sampleSnr: null,
      faithfulness: false,
      input: INITIAL_OPTIONS,
    },
    files: null,
    status: 'idle',
    progress: null,
    result: null,
    notes: [],
    error: null,
  }));

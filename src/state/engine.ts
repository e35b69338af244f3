import { createStore } from 'zustand/vanilla';
import type { BackendChoice, BackendInfo } from '../engine/types.ts';

export interface EngineState {
  readonly backend: BackendInfo | null;
  readonly choice: BackendChoice;
  readonly status: 'starting' | 'ready' | 'switching' | 'error';
  readonly error: string | null;
}

export const createEngineStore = () =>
  createStore<EngineState>(() => ({
    backend: null,
    choice: 'auto',
    status: 'starting',
    error: null,
  }));

import { createStore } from 'zustand/vanilla';
import type { OpenedSession } from './session/document.ts';

export interface SessionState {
  /** A session that waits for files which it did not bring along. */
  readonly pending: OpenedSession | null;
  /** Something is being opened; what is on screen is not all of it yet. */
  readonly opening: boolean;
}

export const createSessionStore = () =>
  createStore<SessionState>(() => ({ pending: null, opening: false }));

import { createStore } from 'zustand/vanilla';

/** Something that is asked beside the explanation at hand, when somebody wants to see it. */
export interface Inquiry<T> {
  /** What it is of: same key, same answer; null before anything was asked. */
  readonly key: string | null;
  readonly status: 'idle' | 'running' | 'ready' | 'error';
  /** Share that is done. */
  readonly fraction: number;
  readonly found: T | null;
  readonly error: string | null;
}

export const NOT_ASKED = {
  ...{ key: null, status: 'idle', fraction: 0 },
  ...{ found: null, error: null },
} as const satisfies Inquiry<never>;

export const createInquiryStore = <T>() => createStore<Inquiry<T>>(() => NOT_ASKED);

import type { KindName } from './kinds.ts';

/** Files `from` to `to` of one kind; the file `index` is decided by (seed, kind, index) alone. */
export interface Job {
  readonly kind: KindName;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

export type Outcome = 'read' | 'refused' | 'untyped' | 'memory' | 'hang';

export interface Failure {
  readonly index: number;
  readonly outcome: Exclude<Outcome, 'read' | 'refused'>;
  readonly words: string;
  readonly bytes: Uint8Array;
}

export type Message =
  | { readonly type: 'ready' }
  /** The one file of a job, before it is read. */
  | { readonly type: 'file'; readonly bytes: Uint8Array }
  | { readonly type: 'failure'; readonly failure: Failure }
  | { readonly type: 'done' };

/** What the watching thread sees, in places of `WATCH`. */
export interface Setup {
  readonly watch: SharedArrayBuffer;
}

/** The file that is being read; twice the number of those begun, less one while one is being read; counts. */
export const WATCH = { index: 0, beat: 1, read: 2, refused: 3 } as const;

import type { ErrorCode } from '../core/errors.ts';

/** How far a task is, for the user. */
export interface Progress {
  /** Present participle phrase for the user, e.g. "Loading weights". */
  readonly stage: string;
  /** 0..1, or undefined while unknown. */
  readonly fraction?: number;
}

export interface TaskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** From the page to a worker; `id` ties the answers to the call. */
export type ToWorker =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'abort'; readonly id: number };

/** From a worker to the page. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
    }
  /** Sent every second while there is work: the thread is not stuck. */
  | { readonly kind: 'beat' };

import type { ErrorCode } from '../core/errors.ts';
import type { Engine, Progress } from './types.ts';

export type Method = keyof Engine;

/** One call of the engine as it travels to the worker; the `TaskOptions` stay behind as `task`. */
export interface Call {
  readonly method: Method;
  /** Arguments without the `TaskOptions`. */
  readonly args: readonly unknown[];
  /** Names the call for {@link EngineWorker.abort}. */
  readonly task: number;
}

export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** What the worker exposes. */
export interface EngineWorker {
  run(call: Call, onProgress: (progress: Progress) => void): Promise<Reply>;
  abort(task: number): void;
}

import { AppError, aborted, sentence } from '../core/errors.ts';
import type { FromWorker, TaskOptions, ToWorker } from './messages.ts';

/** The part of a `Worker` that a link uses; tests pass their own. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  addEventListener(
    type: 'message' | 'error' | 'messageerror',
    listener: (event: MessageEvent<FromWorker> & ErrorEvent) => void,
  ): void;
  terminate(): void;
}

export interface LinkOptions {
  /** What the worker is called in sentences, e.g. "The computing thread". */
  readonly name: string;
  /** Starts a worker; called again after one was ended. */
  start(): WorkerLike;
  /**
   * Brings a new worker to where the last one was, before a call is sent to it. Called before every
   * call; what it rejects with is the call's failure.
   */
  prepare?(to: Connection, method: string, args: readonly unknown[]): Promise<void>;
  /** Milliseconds without a sign of life, while there is work, after which a worker is ended. */
  readonly silenceMs?: number;
  /** Milliseconds that a cancelled call may take to end while the worker gives no sign of life. */
  readonly graceMs?: number;
}

/** One worker, from its start to its end. */
export interface Connection {
  /** Sends a call past `prepare`. */
  send<T>(method: string, args: readonly unknown[], options?: TaskOptions): Promise<T>;
}

export interface WorkerLink {
  /**
   * Calls a method of the worker, which is started when there is none. Rejects with an `AppError`:
   * the worker's own; `aborted`; or `stopped` when the worker died or was ended. A call that another
   * call's cancelling interrupted is made once more on the next worker.
   */
  call<T>(method: string, args: readonly unknown[], options?: TaskOptions): Promise<T>;
  /** Starts the worker where there is none, so that the next call need not wait for its program. */
  start(): void;
  /** Number of the worker that the next call goes to: what an earlier one was given is gone. */
  readonly worker: number;
  /** Ends the worker; what waits is rejected. The next call starts another one. */
  end(): void;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly options: TaskOptions;
  /** Milliseconds since it was cancelled; null while it is not. */
  sinceAbort: number | null;
}

const SILENCE_MS = 60_000;
const GRACE_MS = 4000;
/** A worker that is alive may take this long to end what was cancelled. */
const LONG_GRACE = 4;
const CHECK_MS = 500;

/** The worker was ended because another call was cancelled. */
class Interrupted extends AppError {}

export function createWorkerLink(options: LinkOptions): WorkerLink {
  let current: ReturnType<typeof connect> | null = null;
  let started = 0;

  const connection = () => {
    if (current && !current.ended()) return current;
    started++;
    current = connect(options);
    return current;
  };

  return {
    start: () => void connection(),
    async call<T>(method: string, args: readonly unknown[], task: TaskOptions = {}): Promise<T> {
      for (let attempt = 0; ; attempt++) {
        if (task.signal?.aborted) throw aborted();
        try {
          const to = connection();
          await options.prepare?.(to, method, args);
          return await to.send<T>(method, args, task);
        } catch (error) {
          if (!(error instanceof Interrupted) || attempt > 0) throw error;
        }
      }
    },
    get worker() {
      return current && !current.ended() ? started : started + 1;
    },
    end() {
      current?.end(aborted());
      current = null;
    },
  };
}

function connect({ name, start, silenceMs = SILENCE_MS, graceMs = GRACE_MS }: LinkOptions) {
  const pending = new Map<number, Pending>();
  let next = 1;
  let ended = false;
  let heard = false;
  /** Milliseconds since the last sign of life. */
  let silent = 0;
  let checking: ReturnType<typeof setInterval> | undefined;
  let checkedAt = 0;

  const end = (reason: AppError) => {
    if (ended) return;
    ended = true;
    clearInterval(checking);
    worker?.terminate();
    for (const { reject, sinceAbort } of pending.values())
      reject(sinceAbort === null ? reason : aborted());
    pending.clear();
  };

  const died = (why: string) =>
    end(
      new AppError('stopped', `${name} stopped (${why}); it starts again with the next request.`),
    );

  const settle = (id: number): Pending | undefined => {
    const found = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) {
      clearInterval(checking);
      checking = undefined;
    }
    return found;
  };

  const check = () => {
    // A page that slept or was busy itself has heard nothing either: such time does not count.
    const passed = Math.min(Date.now() - checkedAt, 2 * CHECK_MS);
    checkedAt = Date.now();
    silent += passed;
    if (silent >= silenceMs) {
      died(`it did not answer for ${Math.round(silenceMs / 1000)} s`);
      return;
    }
    for (const one of pending.values()) {
      if (one.sinceAbort === null) continue;
      one.sinceAbort += passed;
      const stuck = Math.min(silent, one.sinceAbort) >= graceMs;
      if (!stuck && one.sinceAbort < LONG_GRACE * graceMs) continue;
      end(
        new Interrupted('stopped', `${name} was restarted because a task could not be cancelled.`),
      );
      return;
    }
  };

  const receive = ({ data }: MessageEvent<FromWorker>) => {
    heard = true;
    silent = 0;
    if (data.kind === 'beat') return;
    if (data.kind === 'progress') {
      const { onProgress, signal } = pending.get(data.id)?.options ?? {};
      if (!signal?.aborted) onProgress?.(data.progress);
      return;
    }
    const found = settle(data.id);
    if (data.kind === 'done') found?.resolve(data.value);
    else found?.reject(new AppError(data.code, data.message));
  };

  let worker: WorkerLike | undefined;
  try {
    worker = start();
    worker.addEventListener('message', receive);
    worker.addEventListener('messageerror', () => died('a message could not be read'));
    worker.addEventListener('error', (event) => {
      event.preventDefault?.();
      died(event.message || (heard ? 'no reason given' : 'its program could not be loaded'));
    });
  } catch (error) {
    died(sentence(error));
  }

  return {
    ended: () => ended,
    end,
    send<T>(method: string, args: readonly unknown[], options: TaskOptions = {}): Promise<T> {
      const { signal } = options;
      return new Promise<T>((resolve, reject) => {
        const id = next++;
        const abort = () => {
          const found = pending.get(id);
          if (!found) return;
          found.sinceAbort = 0;
          worker?.postMessage({ kind: 'abort', id });
        };
        const done = () => signal?.removeEventListener('abort', abort);
        if (!worker || ended) {
          reject(new AppError('stopped', `${name} could not be started.`));
          return;
        }
        if (signal?.aborted) {
          reject(aborted());
          return;
        }
        if (pending.size === 0) silent = 0;
        pending.set(id, {
          resolve(value) {
            done();
            resolve(value as T);
          },
          reject(error) {
            done();
            reject(error);
          },
          options,
          sinceAbort: null,
        });
        signal?.addEventListener('abort', abort);
        checkedAt = checking === undefined ? Date.now() : checkedAt;
        checking ??= setInterval(check, CHECK_MS);
        try {
          worker.postMessage({ kind: 'call', id, method, args });
        } catch (error) {
          settle(id)?.reject(
            new AppError('internal', `${name} could not be given the data (${sentence(error)}).`, {
              cause: error,
            }),
          );
        }
      });
    },
  };
}

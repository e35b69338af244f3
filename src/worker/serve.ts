import { AppError, sentence } from '../core/errors.ts';
import type { FromWorker, Progress, ToWorker } from './messages.ts';

/** What a method gets beside its arguments. */
export interface Task {
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/** The worker's own end of the channel. */
export interface WorkerScope {
  postMessage(message: FromWorker, options?: { transfer?: Transferable[] }): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

/** A value with the buffers that are handed over instead of copied. */
export class Handover {
  constructor(
    readonly value: unknown,
    readonly transfer: Transferable[],
  ) {}
}

const BEAT_MS = 1000;
/** A page that draws each of a hundred steps of a download is slower than the download. */
const PROGRESS_MS = 50;

/**
 * Answers the calls of a page, any number at once. Errors travel with code and sentence; a value that
 * cannot be sent is a failure of its call. Progress within a stage is sent twenty times a second at most.
 * @param run answers a call; a {@link Handover} gives buffers away
 */
export function serveWorker(
  run: (method: string, args: readonly unknown[], task: Task) => unknown,
  scope: WorkerScope = globalThis as unknown as WorkerScope,
): void {
  const running = new Map<number, AbortController>();
  let beating: ReturnType<typeof setInterval> | undefined;

  const answer = async ({ id, method, args }: Extract<ToWorker, { kind: 'call' }>) => {
    const abort = new AbortController();
    running.set(id, abort);
    beating ??= setInterval(() => scope.postMessage({ kind: 'beat' }), BEAT_MS);
    let stage = '';
    let reported = 0;
    const onProgress = (progress: Progress) => {
      const now = performance.now();
      if (progress.stage === stage && now - reported < PROGRESS_MS) return;
      stage = progress.stage;
      reported = now;
      scope.postMessage({ kind: 'progress', id, progress });
    };
    try {
      const found = await run(method, args, { signal: abort.signal, onProgress });
      const { value, transfer } = found instanceof Handover ? found : new Handover(found, []);
      scope.postMessage({ kind: 'done', id, value }, { transfer });
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'internal';
      scope.postMessage({ kind: 'failed', id, code, message: sentence(error) });
    } finally {
      running.delete(id);
      if (running.size === 0) {
        clearInterval(beating);
        beating = undefined;
      }
    }
  };

  scope.addEventListener('message', ({ data }) => {
    if (data.kind === 'abort') running.get(data.id)?.abort();
    else void answer(data);
  });
}

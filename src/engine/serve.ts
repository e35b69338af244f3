import { AppError, sentence } from '../core/errors.ts';
import type { Call, EngineWorker, Reply } from './protocol.ts';
import type { Engine, TaskOptions } from './types.ts';

/** Where the options come in the arguments of a method that takes some. */
const TAKES_OPTIONS: ReadonlySet<string> = new Set([
  'loadModel',
  'warmUp',
  'explain',
  'explainBatch',
]);

type AnyMethod = (...args: unknown[]) => Promise<unknown>;

/** The worker's side of the protocol around an engine; errors travel with their code. */
export function serveEngine(engine: Engine): EngineWorker {
  const running = new Map<number, AbortController>();
  return {
    async run({ method, args, task }: Call, onProgress): Promise<Reply> {
      const cancel = new AbortController();
      running.set(task, cancel);
      const options: TaskOptions = { signal: cancel.signal, onProgress };
      try {
        const call = engine[method].bind(engine) as AnyMethod;
        const value = await call(...args, ...(TAKES_OPTIONS.has(method) ? [options] : []));
        return { ok: true, value };
      } catch (error) {
        const code = error instanceof AppError ? error.code : 'internal';
        return { ok: false, code, message: sentence(error) };
      } finally {
        running.delete(task);
      }
    },
    abort(task) {
      running.get(task)?.abort();
    },
  };
}

/**
 * Copies the float arrays of a reply, which the engine keeps in its cache, and lists the copies so that
 * they are handed over without another copy on the page's thread.
 */
export function detach<T>(value: T, transfers: Transferable[]): T {
  if (value instanceof Float32Array) {
    const copy = value.slice();
    transfers.push(copy.buffer);
    return copy as T;
  }
  if (Array.isArray(value)) return value.map((item) => detach(item, transfers)) as T;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, detach(item, transfers)]);
    return Object.fromEntries(entries) as T;
  }
  return value;
}

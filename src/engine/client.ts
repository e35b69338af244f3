import { proxy, type Remote, releaseProxy, wrap } from 'comlink';
import { AppError, aborted } from '../core/errors.ts';
import type { EngineWorker, Method, Reply } from './protocol.ts';
import type { BackendChoice, Engine, ModelSource, Progress, TaskOptions } from './types.ts';

/** The part of a `Worker` that the client uses; tests pass their own. */
export type WorkerLike = Pick<
  Worker,
  'postMessage' | 'addEventListener' | 'removeEventListener'
> & {
  terminate(): void;
};

interface Connection {
  readonly worker: WorkerLike;
  readonly remote: Remote<EngineWorker>;
  /** Rejects when the worker dies. */
  readonly died: Promise<never>;
  /** Settles when backend and networks of an earlier worker are there again. */
  readonly restored: Promise<void>;
}

function startWorker(): WorkerLike {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' });
}

/**
 * The engine in a Web Worker, started on first use. When the worker dies, the calls under way reject
 * with an `AppError`, and the next call starts another one with the same backend and networks.
 */
export function createEngineClient(start: () => WorkerLike = startWorker): Engine {
  let connection: Connection | undefined;
  let tasks = 0;
  let choice: BackendChoice | undefined;
  const sources = new Map<string, ModelSource>();

  function connect(): Connection {
    if (connection) return connection;
    const worker = start();
    const remote = wrap<EngineWorker>(worker as Worker);
    const died = new Promise<never>((_, reject) => {
      const fail = (event: Event) => {
        const reason = (event as ErrorEvent).message || 'no reason given';
        worker.terminate();
        connection = undefined;
        reject(
          new AppError(
            'internal',
            `The computing thread stopped (${reason}); it starts again with the next request.`,
          ),
        );
      };
      worker.addEventListener('error', fail);
      worker.addEventListener('messageerror', fail);
    });
    died.catch(() => undefined); // reported by the calls that wait
    const fresh = { worker, remote, died };
    const restored = restore(fresh);
    restored.catch(() => undefined);
    connection = { ...fresh, restored };
    return connection;
  }

  /** Brings a new worker to where the one before it was. */
  async function restore(to: Omit<Connection, 'restored'>): Promise<void> {
    if (choice) await send(to, 'selectBackend', [choice]);
    for (const source of sources.values()) await send(to, 'loadModel', [source]);
  }

  async function call<T>(method: Method, args: unknown[], options: TaskOptions = {}): Promise<T> {
    if (options.signal?.aborted) throw aborted();
    const to = connect();
    await to.restored;
    return send<T>(to, method, args, options);
  }

  async function send<T>(
    { remote, died }: Omit<Connection, 'restored'>,
    method: Method,
    args: unknown[],
    { signal, onProgress }: TaskOptions = {},
  ): Promise<T> {
    const task = tasks++;
    const abort = () => void remote.abort(task);
    signal?.addEventListener('abort', abort);
    const report = proxy((progress: Progress) => onProgress?.(progress));
    try {
      const reply = await Promise.race([remote.run({ method, args, task }, report), died]);
      return unwrap<T>(reply as Reply);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  return {
    backend: () => call('backend', []),
    async selectBackend(wanted) {
      const info = await call<Awaited<ReturnType<Engine['selectBackend']>>>('selectBackend', [
        wanted,
      ]);
      choice = wanted;
      return info;
    },
    async loadModel(source, options) {
      const info = await call<Awaited<ReturnType<Engine['loadModel']>>>(
        'loadModel',
        [source],
        options,
      );
      sources.set(source.id, source);
      return info;
    },
    async unloadModel(id) {
      sources.delete(id);
      await call('unloadModel', [id]);
    },
    warmUp: (id, options) => call('warmUp', [id], options),
    explain: (request, options) => call('explain', [request], options),
    batchSize: (scope) => call('batchSize', [scope]),
    explainBatch: (request, options) => call('explainBatch', [request], options),
    memory: () => call('memory', []),
    async dispose() {
      if (!connection) return;
      const { worker, remote } = connection;
      connection = undefined;
      sources.clear();
      choice = undefined;
      remote[releaseProxy]();
      worker.terminate();
    },
  };
}

function unwrap<T>(reply: Reply): T {
  if (!reply.ok) throw new AppError(reply.code, reply.message);
  return reply.value as T;
}

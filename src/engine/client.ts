import { type Connection, createWorkerLink, type WorkerLike } from '../worker/link.ts';
import type { BackendChoice, Engine, ModelSource } from './types.ts';

function startWorker(): WorkerLike {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' });
}

/**
 * The engine in a Web Worker, started on first use. When the worker dies or hangs, the calls under way
 * reject with an `AppError`, and the next call starts another one: with the same backend where it still
 * works, and with every network as soon as it is asked for again.
 */
export function createEngineClient(
  start: () => WorkerLike = startWorker,
  timing: { readonly silenceMs?: number; readonly graceMs?: number } = {},
): Engine {
  let choice: BackendChoice | undefined;
  const sources = new Map<string, ModelSource>();
  /** The worker that `restored` is about. */
  let known: Connection | undefined;
  let restored = new Map<string, Promise<unknown>>();

  /** Does once for each worker what the one before had done. */
  const once = (to: Connection, what: string, run: () => Promise<unknown>): Promise<unknown> => {
    if (known !== to) {
      known = to;
      restored = new Map();
    }
    const under = restored.get(what) ?? run();
    restored.set(what, under);
    // What failed is tried again by the next call.
    under.catch(() => restored.delete(what));
    return under;
  };

  async function prepare(to: Connection, method: string, args: readonly unknown[]): Promise<void> {
    const first = known === undefined;
    const wanted = choice;
    await once(to, '', async () => {
      if (first || wanted === undefined || method === 'selectBackend') return;
      // A backend that is gone with its worker leaves the choice to the engine.
      await to.send('selectBackend', [wanted]).catch(() => undefined);
    });
    const source = sources.get(MODEL_OF[method]?.(args) ?? '');
    if (source) await once(to, `model ${source.id}`, () => to.send('loadModel', [source]));
  }

  const link = createWorkerLink({ name: 'The computing thread', start, prepare, ...timing });
  const { call } = link;

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
      if (known) restored.set(`model ${source.id}`, Promise.resolve());
      return info;
    },
    async unloadModel(id) {
      sources.delete(id);
      restored.delete(`model ${id}`);
      await call('unloadModel', [id]);
    },
    warmUp: (id, options) => call('warmUp', [id], options),
    explain: (request, options) => call('explain', [request], options),
    batchSize: (scope) => call('batchSize', [scope]),
    explainBatch: (request, options) => call('explainBatch', [request], options),
    segment: (request, options) => call('segment', [request], options),
    channels: (request, options) => call('channels', [request], options),
    testMaps: (request, options) => call('testMaps', [request], options),
    windows: (request, options) => call('windows', [request], options),
    windowsApart: (request) => call('windowsApart', [request]),
    scores: (request, options) => call('scores', [request], options),
    occlude: (request, options) => call('occlude', [request], options),
    randomise: (request, options) => call('randomise', [request], options),
    memory: () => call('memory', []),
    async dispose() {
      sources.clear();
      choice = undefined;
      link.end();
    },
  };
}

const ofRequest = ([request]: readonly unknown[]) => (request as { model: string }).model;

/** The network that a call needs, by its method. */
const MODEL_OF: Readonly<Record<string, (args: readonly unknown[]) => string>> = {
  warmUp: ([id]) => id as string,
  explain: ofRequest,
  batchSize: ofRequest,
  explainBatch: ofRequest,
  channels: ofRequest,
  testMaps: ofRequest,
  scores: ofRequest,
  occlude: ofRequest,
  randomise: ofRequest,
  segment: ofRequest,
  windows: ofRequest,
  windowsApart: ofRequest,
};

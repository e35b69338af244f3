import { badInput } from '../core/errors.ts';
import { Handover, type Task } from '../worker/serve.ts';
import type { Engine } from './types.ts';

/** What a page may call, and where the options come in the arguments of a method that takes some. */
const TAKES_OPTIONS: Readonly<Record<Exclude<keyof Engine, 'dispose'>, boolean>> = {
  backend: false,
  selectBackend: false,
  loadModel: true,
  unloadModel: false,
  warmUp: true,
  explain: true,
  batchSize: false,
  explainBatch: true,
  channels: true,
  testMaps: true,
  scores: true,
  occlude: true,
  randomise: true,
  segment: true,
  windows: true,
  windowsApart: true,
  memory: false,
};

type AnyMethod = (...args: unknown[]) => Promise<unknown>;

/** The worker's side of an engine: answers calls by name. */
export function engineCalls(engine: Engine) {
  return async (method: string, args: readonly unknown[], task: Task): Promise<Handover> => {
    if (!Object.hasOwn(TAKES_OPTIONS, method))
      throw badInput(`The engine has no method ${method}.`);
    const name = method as keyof typeof TAKES_OPTIONS;
    const call = engine[name].bind(engine) as AnyMethod;
    const value = await call(...args, ...(TAKES_OPTIONS[name] ? [task] : []));
    const transfer: Transferable[] = [];
    return new Handover(detach(value, transfer), transfer);
  };
}

/**
 * Copies the arrays of numbers of a reply, which the engine may keep in its cache, and lists the copies so that
 * they are handed over without another copy on the page's thread.
 */
function detach<T>(value: T, transfers: Transferable[]): T {
  if (ArrayBuffer.isView(value)) {
    const copy = (value as unknown as Float32Array).slice();
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

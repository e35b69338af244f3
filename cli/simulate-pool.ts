import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { bundle } from '../scripts/bundle.mjs';
import { AppError } from '../src/core/errors.ts';
import type { Item, SimulateJob, SimulateReply, SimulateSetup } from './simulate-worker.ts';

/** Draws subtomograms in threads of their own, beside what uses them. */
export interface SimulatePool {
  /** `[items, z, y, x]`. */
  simulate(items: readonly Item[]): Promise<Float32Array>;
  close(): Promise<void>;
}

interface Pending {
  resolve(x: Float32Array): void;
  reject(error: Error): void;
}

/** Starts one thread less than there are processors, but at least one. */
export async function createSimulatePool(
  setup: SimulateSetup,
  threads = Math.max(1, availableParallelism() - 1),
): Promise<SimulatePool> {
  const code = await bundle('cli/simulate-worker.ts');
  const pending = new Map<number, Pending>();
  let broken: Error | undefined;
  const fail = (error: Error) => {
    broken ??= error;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL(code), { workerData: setup });
    worker.on('message', (reply: SimulateReply) => {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      if ('error' in reply) waiting?.reject(new AppError('internal', reply.error));
      else waiting?.resolve(reply.x);
    });
    worker.on('error', fail);
    worker.on('exit', () => fail(new AppError('internal', 'a simulation thread ended early')));
    return worker;
  });

  let jobs = 0;
  return {
    simulate(items) {
      const id = jobs++;
      return new Promise((resolve, reject) => {
        if (broken) return reject(broken);
        pending.set(id, { resolve, reject });
        workers[id % workers.length].postMessage({ id, items } satisfies SimulateJob);
      });
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

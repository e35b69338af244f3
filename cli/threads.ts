import { parentPort, Worker } from 'node:worker_threads';
import { bundle } from '../scripts/bundle.mjs';
import { AppError, type ErrorCode, sentence } from '../src/core/errors.ts';

/** Threads that answer one job at a time each, with the same answer whichever thread it is. */
export interface Threads<Job, Answer> {
  readonly count: number;
  /** Runs every job, at most one per thread at a time, and reports answers as they come. */
  run(jobs: Iterable<Job>, onAnswer: (answer: Answer) => void, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

type Reply<Answer> =
  | { readonly answer: Answer }
  | { readonly error: string; readonly code: ErrorCode };

/**
 * Starts `count` threads from a TypeScript entry that calls {@link answerJobs}.
 *
 * @param entry path relative to the project's folder
 * @param setup handed to every thread as its `workerData`
 */
export async function startThreads<Job, Answer>(
  entry: string,
  setup: unknown,
  count: number,
): Promise<Threads<Job, Answer>> {
  const code = await bundle(entry);
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL(code), { workerData: setup }),
  );
  return {
    count,
    async run(jobs, onAnswer, signal) {
      const queue = jobs[Symbol.iterator]();
      const drain = async (worker: Worker) => {
        for (;;) {
          if (signal?.aborted) throw new AppError('aborted', 'Cancelled.');
          const next = queue.next();
          if (next.done) return;
          onAnswer(await ask<Job, Answer>(worker, next.value));
        }
      };
      await Promise.all(workers.map(drain));
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** In a thread: answers every job with `work`; a failure rejects the job it belongs to. */
export function answerJobs<Job, Answer>(work: (job: Job) => Answer): void {
  parentPort?.on('message', (job: Job) => {
    let reply: Reply<Answer>;
    try {
      reply = { answer: work(job) };
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'internal';
      reply = { error: sentence(error), code };
    }
    parentPort?.postMessage(reply);
  });
}

function ask<Job, Answer>(worker: Worker, job: Job): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      act();
    };
    const onMessage = (reply: Reply<Answer>) =>
      settle(() => {
        if ('answer' in reply) resolve(reply.answer);
        else reject(new AppError(reply.code, reply.error));
      });
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new AppError('internal', 'A thread ended early.')));
    worker.once('message', onMessage);
    worker.once('error', onError);
    worker.once('exit', onExit);
    worker.postMessage(job);
  });
}

import type { WorkerLike } from './link.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { serveWorker, type Task } from './serve.ts';

/** Workers in this thread, for tests: messages are cloned and come later, as they do from a real one. */
export function fakeWorkers(
  run: (method: string, args: readonly unknown[], task: Task) => unknown,
) {
  const workers: FakeWorker[] = [];
  const start = (): WorkerLike => {
    const worker = new FakeWorker(run);
    workers.push(worker);
    return worker;
  };
  return { start, workers };
}

type Listener = (event: MessageEvent<FromWorker> & ErrorEvent) => void;

export class FakeWorker implements WorkerLike {
  terminated = false;
  /** Stuck in a loop: takes no message and sends none. */
  stuck = false;
  private readonly listeners: [type: string, listener: Listener][] = [];
  private take: (event: MessageEvent<ToWorker>) => void = () => {};

  constructor(run: (method: string, args: readonly unknown[], task: Task) => unknown) {
    serveWorker(run, {
      postMessage: (message) => {
        const data = structuredClone(message);
        if (!this.stuck) queueMicrotask(() => this.emit('message', { data }));
      },
      addEventListener: (_, listener) => {
        this.take = listener;
      },
    });
  }

  postMessage(message: ToWorker): void {
    const data = structuredClone(message);
    queueMicrotask(() => {
      if (!this.stuck && !this.terminated) this.take({ data } as MessageEvent<ToWorker>);
    });
  }

  addEventListener(type: string, listener: Listener): void {
    this.listeners.push([type, listener]);
  }

  terminate(): void {
    this.terminated = true;
  }

  /** What the browser does when the worker crashes. */
  die(message: string): void {
    this.emit('error', { message });
  }

  private emit(type: string, event: object): void {
    if (this.terminated) return;
    for (const [wanted, listener] of this.listeners)
      if (wanted === type) listener(event as MessageEvent<FromWorker> & ErrorEvent);
  }
}

import { expose } from 'comlink';
import { describe, expect, it } from 'vitest';
import { AppError, aborted, badInput } from '../core/errors.ts';
import { createEngineClient, type WorkerLike } from './client.ts';
import { serveEngine } from './serve.ts';
import type { Engine, TaskOptions } from './types.ts';

const INFO = { id: 'net', title: 'Net' } as unknown as Awaited<ReturnType<Engine['loadModel']>>;

/** An engine that waits to be aborted when the volume is `[7]`, and refuses the network `bad`. */
function fakeEngine(log: string[]): Engine {
  return {
    selectBackend: async (choice: string) => void log.push(`backend ${choice}`),
    async loadModel(source: { id: string }, { onProgress }: TaskOptions = {}) {
      log.push(`load ${source.id}`);
      if (source.id === 'bad') throw badInput('bad: no such network; accepted: net');
      onProgress?.({ stage: 'Loading weights', fraction: 0.5 });
      return INFO;
    },
    explain(request: { input: Float32Array }, { signal }: TaskOptions = {}) {
      if (request.input[0] !== 7) return Promise.resolve(request as never);
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(aborted())));
    },
    explainBatch(this: Engine, request: { inputs: Float32Array[] }, options?: TaskOptions) {
      const one = (input: Float32Array) => this.explain({ input } as never, options);
      return Promise.all(request.inputs.map(one));
    },
  } as unknown as Engine;
}

/** Two ends of a channel in place of a worker; `die` is what the browser does when it crashes. */
function fakeWorkers(log: string[]) {
  const die: ((reason: string) => void)[] = [];
  const start = (): WorkerLike => {
    const { port1, port2 } = new MessageChannel();
    const errors: ((event: Event) => void)[] = [];
    expose(serveEngine(fakeEngine(log)), port2 as never);
    port2.start();
    port1.start();
    die.push((message) => {
      port2.close();
      for (const listener of errors) listener({ message } as ErrorEvent);
    });
    return {
      postMessage: port1.postMessage.bind(port1),
      addEventListener: (type: string, listener: (event: Event) => void) =>
        type === 'error'
          ? void errors.push(listener)
          : port1.addEventListener(type as 'message', listener as never),
      removeEventListener: port1.removeEventListener.bind(port1),
      terminate: () => port1.close(),
    } as WorkerLike;
  };
  return { start, die };
}

const request = (value: number) => ({ model: 'net', input: Float32Array.of(value) }) as never;
const net = { kind: 'url', url: '/net/model.json', id: 'net' } as const;

describe('the engine in a worker', () => {
  it('passes values, progress and errors with their code', async () => {
    const client = createEngineClient(fakeWorkers([]).start);
    const stages: string[] = [];
    const info = await client.loadModel(net, { onProgress: ({ stage }) => stages.push(stage) });
    expect(info).toEqual(INFO);
    expect(stages).toEqual(['Loading weights']);
    const failing = client.loadModel({ ...net, id: 'bad' });
    await expect(failing).rejects.toBeInstanceOf(AppError);
    await expect(failing).rejects.toMatchObject({ code: 'bad-input' });
    await expect(failing).rejects.toThrow('bad: no such network; accepted: net');
    await client.dispose();
  });

  it('aborts a call by its signal, also before it was sent', async () => {
    const client = createEngineClient(fakeWorkers([]).start);
    const cancel = new AbortController();
    const running = client.explain(request(7), { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 10);
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    const late = client.explain(request(1), { signal: cancel.signal });
    await expect(late).rejects.toMatchObject({ code: 'aborted' });
    await client.dispose();
  });

  it('passes batches, and aborts them', async () => {
    const client = createEngineClient(fakeWorkers([]).start);
    const batch = (...values: number[]) =>
      ({ model: 'net', inputs: values.map((value) => Float32Array.of(value)) }) as never;
    const answers = await client.explainBatch(batch(1, 2));
    expect(answers).toEqual([1, 2].map((value) => ({ input: Float32Array.of(value) })));
    const cancel = new AbortController();
    const running = client.explainBatch(batch(1, 7), { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 10);
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    await client.dispose();
  });

  it('rejects what was under way when the worker dies, and starts again as it was', async () => {
    const log: string[] = [];
    const { start, die } = fakeWorkers(log);
    const client = createEngineClient(start);
    await client.selectBackend('wasm');
    await client.loadModel(net);
    const running = client.explain(request(7));
    setTimeout(() => die[0]('out of memory'), 10);
    await expect(running).rejects.toThrow(/computing thread stopped \(out of memory\)/);
    await expect(client.explain(request(1))).resolves.toMatchObject({ model: 'net' });
    expect(log).toEqual(['backend wasm', 'load net', 'backend wasm', 'load net']);
    await client.dispose();
  });
});

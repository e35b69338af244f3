import { describe, expect, it } from 'vitest';
import { AppError, aborted, badInput } from '../core/errors.ts';
import { fakeWorkers } from '../worker/testing.ts';
import { createEngineClient } from './client.ts';
import { engineCalls } from './serve.ts';
import type { Engine, TaskOptions } from './types.ts';

type Info = Awaited<ReturnType<Engine['loadModel']>>;

/** Failures by the network or backend that they happen to; `false` is a worker that hangs. */
type Faults = Map<string, Error | 'hang'>;

/**
 * An engine that waits to be aborted when the volume is `[7]`, knows only what it was given, and refuses
 * the network `bad`.
 */
function fakeEngine(log: string[], faults: Faults): Engine {
  const models = new Set<string>();
  const fault = (name: string) => {
    const found = faults.get(name);
    if (found instanceof Error) throw found;
    return found === 'hang' ? new Promise<never>(() => {}) : null;
  };
  return {
    async selectBackend(choice: string) {
      log.push(`backend ${choice}`);
      await fault(choice);
      return { name: choice };
    },
    async loadModel(source: { id: string }, { onProgress }: TaskOptions = {}) {
      log.push(`load ${source.id}`);
      await fault(source.id);
      if (source.id === 'bad') throw badInput('bad: no such network; accepted: net');
      onProgress?.({ stage: 'Loading weights', fraction: 0.5 });
      models.add(source.id);
      return { id: source.id } as unknown as Info;
    },
    async unloadModel(id: string) {
      models.delete(id);
    },
    explain(request: { model: string; input: Float32Array }, { signal }: TaskOptions = {}) {
      if (!models.has(request.model)) throw badInput(`unknown network '${request.model}'`);
      if (request.input[0] !== 7) return Promise.resolve(request as never);
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(aborted())));
    },
    explainBatch(
      this: Engine,
      { model, inputs }: { model: string; inputs: Float32Array[] },
      options?: TaskOptions,
    ) {
      const one = (input: Float32Array) => this.explain({ model, input } as never, options);
      return Promise.all(inputs.map(one));
    },
  } as unknown as Engine;
}

function open(timing = {}) {
  const log: string[] = [];
  const faults: Faults = new Map();
  const starts: ((...call: Parameters<ReturnType<typeof engineCalls>>) => unknown)[] = [];
  const { start, workers } = fakeWorkers((...call) => starts.at(-1)!(...call));
  const client = createEngineClient(() => {
    starts.push(engineCalls(fakeEngine(log, faults)));
    return start();
  }, timing);
  return { client, log, faults, workers };
}

const request = (value: number, model = 'net') =>
  ({ model, input: Float32Array.of(value) }) as never;
const net = { kind: 'url', url: '/net/model.json', id: 'net' } as const;
const other = { ...net, id: 'other' };

describe('the engine in a worker', () => {
  it('passes values, progress and errors with their code', async () => {
    const { client } = open();
    const stages: string[] = [];
    const info = await client.loadModel(net, { onProgress: ({ stage }) => stages.push(stage) });
    expect(info).toEqual({ id: 'net' });
    expect(stages).toEqual(['Loading weights']);
    const failing = client.loadModel({ ...net, id: 'bad' });
    await expect(failing).rejects.toBeInstanceOf(AppError);
    await expect(failing).rejects.toMatchObject({ code: 'bad-input' });
    await expect(failing).rejects.toThrow('bad: no such network; accepted: net');
    await client.dispose();
  });

  it('aborts a call by its signal, and a batch', async () => {
    const { client } = open();
    await client.loadModel(net);
    const batch = (...values: number[]) =>
      ({ model: 'net', inputs: values.map((value) => Float32Array.of(value)) }) as never;
    expect(await client.explainBatch(batch(1, 2))).toHaveLength(2);
    for (const ask of [
      (options: TaskOptions) => client.explain(request(7), options),
      (options: TaskOptions) => client.explainBatch(batch(1, 7), options),
    ]) {
      const cancel = new AbortController();
      const running = ask({ signal: cancel.signal });
      setTimeout(() => cancel.abort(), 10);
      await expect(running).rejects.toMatchObject({ code: 'aborted' });
    }
    await client.dispose();
  });

  it('rejects what was under way when the worker dies, and starts again as it was', async () => {
    const { client, log, workers } = open();
    await client.selectBackend('wasm');
    await client.loadModel(net);
    const running = client.explain(request(7));
    setTimeout(() => workers[0].die('out of memory'), 10);
    await expect(running).rejects.toThrow(/computing thread stopped \(out of memory\)/);
    await expect(client.explain(request(1))).resolves.toMatchObject({ model: 'net' });
    await expect(client.explain(request(2))).resolves.toMatchObject({ model: 'net' });
    expect(log).toEqual(['backend wasm', 'load net', 'backend wasm', 'load net']);
    await client.dispose();
  });

  it('continues without the backend and the network that cannot be restored', async () => {
    const { client, log, faults, workers } = open();
    await client.selectBackend('webgpu');
    await client.loadModel(net);
    await client.loadModel(other);
    workers[0].die('device lost');
    faults.set('webgpu', new AppError('unsupported', 'no adapter'));
    faults.set('net', new AppError('bad-file', 'net: could not be fetched'));
    await expect(client.explain(request(1))).rejects.toThrow('net: could not be fetched');
    await expect(client.explain(request(1, 'other'))).resolves.toMatchObject({ model: 'other' });
    // The server is back: no reload is needed.
    faults.clear();
    await expect(client.explain(request(1))).resolves.toMatchObject({ model: 'net' });
    expect(log.filter((line) => line === 'load net')).toHaveLength(3);
    expect(workers).toHaveLength(2);
    await client.dispose();
  });

  it('does not bring back a network that was let go', async () => {
    const { client, log, workers } = open();
    await client.loadModel(net);
    await client.unloadModel('net');
    workers[0].die('gone');
    await expect(client.explain(request(1))).rejects.toThrow("unknown network 'net'");
    expect(log).toEqual(['load net']);
    await client.dispose();
  });

  it('survives a network that hangs: cancelled, the next one loads on a new worker', async () => {
    const { client, faults, workers } = open({ graceMs: 30, silenceMs: 5000 });
    await client.loadModel(net);
    faults.set('other', 'hang');
    const cancel = new AbortController();
    const hanging = client.loadModel(other, { signal: cancel.signal });
    setTimeout(() => {
      workers[0].stuck = true;
      cancel.abort();
    }, 10);
    await expect(hanging).rejects.toMatchObject({ code: 'aborted' });
    await expect(client.explain(request(1))).resolves.toMatchObject({ model: 'net' });
    expect(workers[0].terminated).toBe(true);
    await client.dispose();
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, aborted, badInput } from '../core/errors.ts';
import { createWorkerLink, type LinkOptions } from './link.ts';
import { Handover, type Task } from './serve.ts';
import { fakeWorkers } from './testing.ts';

/** `echo` answers, `steps` reports a hundred of them, `wait` ends when it is aborted, `deaf` never, `refuse` fails. */
function run(method: string, [value]: readonly unknown[], { signal, onProgress }: Task): unknown {
  if (method === 'echo') {
    onProgress({ stage: 'Echoing', fraction: 0.5 });
    return value;
  }
  if (method === 'steps') {
    for (let i = 0; i < 100; i++)
      onProgress({ stage: i < 60 ? 'Early' : 'Late', fraction: i / 100 });
    return null;
  }
  if (method === 'give') return new Handover({ data: value }, []);
  if (method === 'refuse') throw badInput('no; accepted: yes');
  if (method === 'function') return () => 1;
  return new Promise((_, reject) => {
    if (method === 'wait') signal.addEventListener('abort', () => reject(aborted()));
  });
}

const open = (options: Partial<LinkOptions> = {}) => {
  const { start, workers } = fakeWorkers(run);
  return { workers, link: createWorkerLink({ name: 'The reader', start, ...options }) };
};
/** A failure as a value, so that nothing is unhandled while the clock runs. */
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: AppError) => ({ code: error.code, message: error.message }),
  );

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a link to a worker', () => {
  it('passes values, progress and typed errors, and starts one worker', async () => {
    const { link, workers } = open();
    const stages: string[] = [];
    const onProgress = ({ stage }: { stage: string }) => void stages.push(stage);
    expect(await link.call('echo', [[1, 2]], { onProgress })).toEqual([1, 2]);
    expect(stages).toEqual(['Echoing']);
    expect(await link.call('give', [3])).toEqual({ data: 3 });
    const failed = link.call('refuse', []);
    await expect(failed).rejects.toBeInstanceOf(AppError);
    await expect(failed).rejects.toMatchObject({
      code: 'bad-input',
      message: 'no; accepted: yes',
    });
    expect(workers).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not send each of many small steps', async () => {
    const { link } = open();
    const seen: string[] = [];
    await link.call('steps', [], {
      onProgress: ({ stage, fraction }) => void seen.push(`${stage} ${fraction}`),
    });
    expect(seen).toEqual(['Early 0', 'Late 0.6']);
  });

  it('fails a call whose data or answer cannot be sent, and works on', async () => {
    const { link } = open();
    await expect(link.call('echo', [() => 1])).rejects.toThrow(/could not be given the data/);
    await expect(link.call('function', [])).rejects.toMatchObject({ code: 'internal' });
    expect(await link.call('echo', [1])).toBe(1);
  });

  it('aborts a call by its signal, also before it was sent', async () => {
    const { link } = open();
    const cancel = new AbortController();
    const waiting = outcome(link.call('wait', [], { signal: cancel.signal }));
    await vi.advanceTimersByTimeAsync(10);
    cancel.abort();
    expect(await waiting).toMatchObject({ code: 'aborted' });
    await expect(link.call('echo', [1], { signal: cancel.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('rejects what was under way when the worker dies, and starts another one', async () => {
    const { link, workers } = open();
    const waiting = [outcome(link.call('wait', [])), outcome(link.call('wait', []))];
    await vi.advanceTimersByTimeAsync(10);
    workers[0].die('out of memory');
    for (const one of waiting) {
      expect(await one).toEqual({
        code: 'stopped',
        message: 'The reader stopped (out of memory); it starts again with the next request.',
      });
    }
    expect(await link.call('echo', [5])).toBe(5);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  it('says so when the program of the worker cannot be loaded', async () => {
    const { link, workers } = open();
    const waiting = outcome(link.call('wait', []));
    await vi.advanceTimersByTimeAsync(0);
    workers[0].die('');
    expect(await waiting).toMatchObject({ message: /its program could not be loaded/ });
  });

  it('ends a worker that hangs and rejects what waits; one that only takes long is left alone', async () => {
    const { link, workers } = open({ silenceMs: 5000 });
    const long = outcome(link.call('wait', []));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers[0].terminated).toBe(false);
    workers[0].stuck = true;
    await vi.advanceTimersByTimeAsync(4000);
    expect(workers[0].terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(3000);
    expect(await long).toMatchObject({ code: 'stopped', message: /did not answer for 5 s/ });
    expect(await link.call('echo', [1])).toBe(1);
  });

  it('does not count the time that the page itself slept', async () => {
    const { link, workers } = open({ silenceMs: 5000 });
    void outcome(link.call('wait', []));
    await vi.advanceTimersByTimeAsync(10);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(1500);
    expect(workers[0].terminated).toBe(false);
  });

  it('ends a worker that cannot cancel, and makes the calls of others once more', async () => {
    const { link, workers } = open({ graceMs: 1000 });
    const cancel = new AbortController();
    const deaf = outcome(link.call('deaf', [], { signal: cancel.signal }));
    await vi.advanceTimersByTimeAsync(10);
    workers[0].stuck = true;
    const other = outcome(link.call('echo', ['other']));
    cancel.abort();
    await vi.advanceTimersByTimeAsync(2500);
    expect(await deaf).toMatchObject({ code: 'aborted' });
    expect(await other).toEqual({ value: 'other' });
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  it('gives a worker that shows signs of life longer to cancel', async () => {
    const { link, workers } = open({ graceMs: 2000 });
    const cancel = new AbortController();
    const deaf = outcome(link.call('deaf', [], { signal: cancel.signal }));
    await vi.advanceTimersByTimeAsync(10);
    cancel.abort();
    await vi.advanceTimersByTimeAsync(6000);
    expect(workers[0].terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(3000);
    expect(workers[0].terminated).toBe(true);
    expect(await deaf).toMatchObject({ code: 'aborted' });
  });

  it('prepares every call, and a failed preparation is the failure of that call alone', async () => {
    const prepared: string[] = [];
    const { link } = open({
      async prepare(_, method) {
        prepared.push(method);
        if (method === 'wait') throw badInput('not this one');
      },
    });
    await expect(link.call('wait', [])).rejects.toThrow('not this one');
    expect(await link.call('echo', [1])).toBe(1);
    expect(prepared).toEqual(['wait', 'echo']);
  });

  it('ends on request, and can be used again', async () => {
    const { link, workers } = open();
    const waiting = outcome(link.call('wait', []));
    await vi.advanceTimersByTimeAsync(0);
    link.end();
    expect(await waiting).toMatchObject({ code: 'aborted' });
    expect(workers[0].terminated).toBe(true);
    expect(await link.call('echo', [1])).toBe(1);
    expect(workers).toHaveLength(2);
    expect(link.worker).toBe(2);
    workers[1].die('gone');
    expect(link.worker).toBe(3);
  });
});

/** A thread that reads mutated files and says what became of each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../../src/core/errors.ts';
import { createRandom } from '../../src/core/simulate/random.ts';
import { type Kind, KINDS, prepare } from './kinds.ts';
import { mutate } from './mutate.ts';
import { type Failure, type Job, type Message, type Setup, WATCH } from './protocol.ts';

/** Memory that a file may take besides 10 times its content: code, tables, garbage not yet collected. */
const ROOM = 128 * 2 ** 20;

const watch = new Int32Array((workerData as Setup).watch);

const say = (message: Message) => parentPort?.postMessage(message);

async function work(job: Job): Promise<void> {
  const kind: Kind = KINDS[job.kind];
  const key = Object.keys(KINDS).indexOf(job.kind);
  const seeds = await kind.seeds();
  for (const seed of seeds) {
    try {
      await kind.read(seed);
    } catch (error) {
      // The readers of formats that are refused on purpose are warmed up as well.
      if (!(error instanceof AppError)) throw error;
    }
  }
  const contents = kind.wrap?.contents() ?? [];
  const fileAt = (index: number) => {
    const random = createRandom(job.seed, key, index);
    if (!kind.wrap || index % 2 === 0) return mutate(kind.nature, seeds, random);
    return kind.wrap.pack(mutate(kind.nature, contents, random));
  };
  say({ type: 'ready' });
  for (let index = job.from; index < job.to; index++) {
    const bytes = fileAt(index);
    if (job.to - job.from === 1) say({ type: 'file', bytes });
    const before = memory();
    Atomics.store(watch, WATCH.index, index);
    Atomics.add(watch, WATCH.beat, 1);
    const fail = (outcome: Failure['outcome'], words: string) =>
      say({ type: 'failure', failure: { index, outcome, words, bytes } });
    let content = bytes.length;
    try {
      const taken = await kind.read(bytes);
      if (typeof taken === 'number') content = Math.max(content, taken);
      Atomics.add(watch, WATCH.read, 1);
    } catch (error) {
      if (error instanceof AppError && error.code !== 'internal')
        Atomics.add(watch, WATCH.refused, 1);
      else
        fail(
          'untyped',
          error instanceof Error
            ? `${error.name}: ${error.message}\n${error.stack}`
            : String(error),
        );
    }
    Atomics.add(watch, WATCH.beat, 1);
    const taken = memory().peak - before.now;
    if (taken > 10 * content + ROOM) {
      fail('memory', `${Math.round(taken / 2 ** 20)} MiB for ${content} bytes`);
    }
  }
  say({ type: 'done' });
}

/** Bytes of the process: now, and the most since the last call. Linux; elsewhere without the peak. */
function memory(): { now: number; peak: number } {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    const field = (name: string) =>
      1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    writeFileSync('/proc/self/clear_refs', '5'); // the peak begins again
    return { now: field('VmRSS'), peak: field('VmHWM') };
  } catch {
    const { rss } = process.memoryUsage();
    return { now: rss, peak: rss };
  }
}

await prepare();
parentPort?.on('message', (job: Job) => void work(job));

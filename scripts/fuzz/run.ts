import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundle } from '../bundle.mjs';
import type { KindName } from './kinds.ts';
import {
  type Failure,
  type Job,
  type Message,
  type Outcome,
  type Setup,
  WATCH,
} from './protocol.ts';

export interface FuzzOptions {
  readonly kinds: readonly KindName[];
  /** Files of each kind, and the first of them. */
  readonly files: number;
  readonly from: number;
  readonly seed: number;
  /** Milliseconds that one file may take. */
  readonly patience: number;
  /** Where to write files that fail; null writes none. */
  readonly out: string | null;
  readonly onKind?: (result: KindResult) => void;
}

export interface KindResult {
  readonly kind: KindName;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly failures: readonly (Omit<Failure, 'bytes'> & { readonly file: string | null })[];
  readonly seconds: number;
}

/** Failures of one kind that are kept; more say the same. */
const KEPT = 20;

/** Reads mutated files of each kind in a thread, which is replaced when a file takes too long. */
export async function fuzz(options: FuzzOptions): Promise<KindResult[]> {
  const threads = new Threads(await bundle('scripts/fuzz/worker.ts'));
  const results: KindResult[] = [];
  try {
    for (const kind of options.kinds) {
      const result = await fuzzKind(kind, threads, options);
      results.push(result);
      options.onKind?.(result);
    }
  } finally {
    await threads.end();
  }
  return results;
}

interface Thread {
  readonly worker: Worker;
  readonly watch: Int32Array;
}

/** One thread at a time, used as long as it lives. */
class Threads {
  private thread: Thread | null = null;
  constructor(private readonly code: string) {}

  take(): Thread {
    this.thread ??= this.start();
    return this.thread;
  }

  async end(): Promise<void> {
    const ended = this.thread;
    this.thread = null;
    await ended?.worker.terminate();
  }

  private start(): Thread {
    const shared = new SharedArrayBuffer(4 * Object.keys(WATCH).length);
    const setup: Setup = { watch: shared };
    const worker = new Worker(new URL(this.code), {
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
      stdout: true,
      stderr: true,
    });
    return { worker, watch: new Int32Array(shared) };
  }
}

async function fuzzKind(
  kind: KindName,
  threads: Threads,
  options: FuzzOptions,
): Promise<KindResult> {
  const { files, from, seed, patience, out } = options;
  const started = Date.now();
  const counts: Record<Outcome, number> = { read: 0, refused: 0, untyped: 0, memory: 0, hang: 0 };
  const failures: KindResult['failures'][number][] = [];
  const keep = ({ bytes, ...failure }: Failure) => {
    counts[failure.outcome]++;
    if (failures.length < KEPT)
      failures.push({ ...failure, file: write(out, kind, seed, failure.index, bytes) });
  };
  const to = from + files;
  for (let next = from; next < to; ) {
    const { hung, found, read, refused } = await runJob(
      threads,
      { kind, seed, from: next, to },
      patience,
    );
    counts.read += read;
    counts.refused += refused;
    for (const failure of found) if (failure.outcome === 'untyped') keep(failure);
    // Memory and time are those of a busy machine: counted when they are seen twice, alone.
    const heavy = found.filter(({ outcome }) => outcome === 'memory').map(({ index }) => index);
    for (const index of hung === null ? heavy : [...new Set([...heavy, hung])]) {
      // In a thread that has no memory of files before.
      await threads.end();
      const again = await runJob(threads, { kind, seed, from: index, to: index + 1 }, patience);
      if (again.hung !== null) {
        keep({
          index,
          outcome: 'hang',
          words: `more than ${patience / 1000} s`,
          bytes: again.bytes,
        });
      }
      for (const failure of again.found) {
        if (failure.outcome === 'memory' || index === hung) keep(failure);
      }
      if (index === hung) {
        counts.read += again.read;
        counts.refused += again.refused;
      }
    }
    next = hung === null ? to : hung + 1;
  }
  return { kind, counts, failures, seconds: (Date.now() - started) / 1000 };
}

interface JobResult {
  /** The file that took too long or all memory, which ends the job; null when all were read. */
  readonly hung: number | null;
  readonly found: readonly Failure[];
  readonly read: number;
  readonly refused: number;
  /** The file of a job of one. */
  readonly bytes: Uint8Array;
}

/** Runs one job, and ends its thread unless it has read all files. */
function runJob(threads: Threads, job: Job, patience: number): Promise<JobResult> {
  const { worker, watch } = threads.take();
  const at = (place: keyof typeof WATCH) => Atomics.load(watch, WATCH[place]);
  for (const count of ['read', 'refused'] as const) Atomics.store(watch, WATCH[count], 0);
  const found: Failure[] = [];
  let bytes = new Uint8Array(0);
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setInterval> | undefined;
    let [beat, since] = [at('beat'), Date.now()];
    const end = (hung: number | null, error?: unknown) => {
      clearInterval(timer);
      // Not all listeners: Node has some of its own.
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      const result = { hung, found, read: at('read'), refused: at('refused'), bytes };
      if (hung === null && !error) return resolve(result);
      worker.on('error', () => undefined);
      void threads.end().then(() => (error ? reject(error) : resolve(result)));
    };
    const reading = () => beat % 2 === 1;
    const look = () => {
      if (at('beat') !== beat) [beat, since] = [at('beat'), Date.now()];
      else if (reading() && Date.now() - since > patience) end(at('index'));
    };
    worker.on('message', (message: Message) => {
      if (message.type === 'ready') timer = setInterval(look, 50);
      else if (message.type === 'file') bytes = new Uint8Array(message.bytes);
      else if (message.type === 'failure') found.push(message.failure);
      else end(null);
    });
    const died = (error: unknown) => {
      beat = at('beat');
      if (!reading()) return end(null, error);
      const words = `the thread ended (${error instanceof Error ? error.message : String(error)})`;
      found.push({ index: at('index'), outcome: 'memory', words, bytes });
      end(at('index'));
    };
    worker.on('error', died);
    worker.on('exit', died);
    worker.postMessage(job);
  });
}

function write(
  out: string | null,
  kind: KindName,
  seed: number,
  index: number,
  bytes: Uint8Array,
): string | null {
  if (out === null || bytes.length === 0) return null;
  mkdirSync(out, { recursive: true });
  const file = join(out, `${kind.replace(' ', '-')}-${seed}-${index}`);
  writeFileSync(file, bytes);
  return file;
}

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { type Answer, COPY_BYTES, type Prepared, type Request, type Task } from './protocol.ts';

/** What an engine can do with the files of one spec. */
export interface Contestant {
  /** Gets ready for one task; says what runs. */
  load(folder: string, about: Prepared, task: Task): Promise<string>;
  /** The task once, on the first `batch` samples; the first figures of the result. */
  run(batch: number): Promise<ArrayLike<number>>;
  /** Copies `bytes` of memory once with this engine's means. */
  copy?(bytes: number): void;
}

/** Answers requests from stdin until it closes. */
export async function serve(contestant: Contestant): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    let answer: Omit<Answer, 'peak'>;
    try {
      answer = await respond(contestant, JSON.parse(line) as Request);
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    process.stdout.write(`${JSON.stringify({ ...answer, peak: peakMemory() })}\n`);
  }
  process.exit(0);
}

async function respond(contestant: Contestant, request: Request): Promise<Omit<Answer, 'peak'>> {
  if (request.do === 'load') {
    const about = JSON.parse(readFileSync(join(request.folder, 'about.json'), 'utf8')) as Prepared;
    return { about: await contestant.load(request.folder, about, request.task) };
  }
  const start = performance.now();
  if (request.do === 'rate') {
    contestant.copy?.(COPY_BYTES);
    return { ms: performance.now() - start };
  }
  const values = await contestant.run(request.batch);
  return { ms: performance.now() - start, values: Array.from(values) };
}

/** Bytes; the process's own mark on Linux, since there a child starts with its parent's in `maxRSS`. */
function peakMemory(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
    if (kilobytes) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

/** float32 numbers of a file. */
export function readFloats(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

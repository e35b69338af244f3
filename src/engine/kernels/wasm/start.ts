import { RELAXED_SIMD_MODULE, SIMD_MODULE } from './module.generated.ts';
import { shareMemory } from './shared-memory.ts';
import { THREAD_SOURCE } from './thread.ts';

/** A helper thread; it never keeps the process alive. */
export interface Helper {
  terminate(): unknown;
}

export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  readonly thread: number;
}

/** @param shared whether the memory that it will be given is */
export async function compile(relaxed: boolean, shared: boolean): Promise<WebAssembly.Module> {
  const decode = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const wanted = decode(relaxed ? RELAXED_SIMD_MODULE : SIMD_MODULE);
  const module = WebAssembly.validate(wanted) ? wanted : decode(SIMD_MODULE);
  return WebAssembly.compile(shared ? shareMemory(module) : module);
}

export async function startThread(start: ThreadStart): Promise<Helper> {
  if (typeof Worker === 'undefined') {
    // Spelled so that a browser's bundler leaves it alone.
    const name = 'node:worker_threads';
    const { Worker: NodeWorker } = (await import(
      /* @vite-ignore */ name
    )) as typeof import('node:worker_threads');
    const worker = new NodeWorker(THREAD_SOURCE, { eval: true });
    const ready = new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
    });
    worker.postMessage(start);
    await ready;
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([THREAD_SOURCE], { type: 'text/javascript' }));
  try {
    const worker = new Worker(url);
    const ready = new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => reject(new Error(event.message));
    });
    worker.postMessage(start);
    await ready;
    return worker;
  } finally {
    URL.revokeObjectURL(url);
  }
}

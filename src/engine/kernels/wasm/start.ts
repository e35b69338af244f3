import { RELAXED_SIMD_MODULE, SIMD_MODULE } from './module.generated.ts';
import { THREAD_SOURCE } from './thread.ts';

const MAXIMUM_PAGES = [32768, 16384, 8192, 4096];

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

export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return (
    typeof globalThis.crossOriginIsolated === 'undefined' || globalThis.crossOriginIsolated === true
  );
}

export function createMemory(): WebAssembly.Memory {
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: 16, maximum, shared: true });
    } catch {
      // A smaller reservation may still be granted.
    }
  }
  throw new Error('This machine grants no shared WebAssembly memory.');
}

export async function compile(relaxed: boolean): Promise<WebAssembly.Module> {
  const decode = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const module = decode(relaxed ? RELAXED_SIMD_MODULE : SIMD_MODULE);
  return WebAssembly.compile(WebAssembly.validate(module) ? module : decode(SIMD_MODULE));
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

import { RELAXED_SIMD_MODULE, SIMD_MODULE } from './module.generated.ts';
import {
  CONTROL_WORDS,
  GENERATION,
  NEXT_TASK,
  OPERATION,
  OPERATIONS,
  type Operation,
  PARAMETERS,
  PENDING,
  SCRATCH,
  SCRATCH_BYTES,
  TASKS,
  THREAD_SOURCE,
} from './thread.ts';

interface KernelExports {
  adam(parameters: number, task: number): void;
  conv(parameters: number, task: number, scratch: number): void;
  filterGrad(parameters: number, task: number, scratch: number): void;
  gemm(parameters: number, task: number, scratch: number): void;
  gemv(parameters: number, task: number, tasks: number): void;
  maxPool(parameters: number, task: number, scratch: number): void;
  maxPoolGrad(parameters: number, task: number, scratch: number): void;
  patchConv(parameters: number, task: number, scratch: number): void;
  patchFilterGrad(parameters: number, task: number, scratch: number): void;
  patchScratchBytes(depth: number, cout: number): number;
  winograd(parameters: number, task: number, scratch: number): void;
  winogradGradTiles(parameters: number, task: number, scratch: number): void;
  winogradGradProduct(parameters: number, task: number): void;
  winogradFilter(
    source: number,
    target: number,
    rows: number,
    columns: number,
    reverse: number,
    work: number,
  ): void;
  winogradGradFilter(sums: number, target: number, pairs: number, work: number): void;
  winogradGradScratchBytes(): number;
  winogradGradTileBytes(tiles: number, channels: number): number;
  winogradScratchBytes(cin: number, cout: number): number;
  convScratchBytes(taps: number): number;
  gemmScratchBytes(): number;
  packFilter(
    source: number,
    target: number,
    taps: number,
    rows: number,
    columns: number,
    transpose: number,
  ): void;
}

const PAGE = 65536;
/** The first bytes of the memory hold the parameters of the running operation. */
const PARAMETER_BYTES = 256;
const MAXIMUM_PAGES = [32768, 16384, 8192, 4096];

/**
 * The project's wasm kernels with their memory and helper threads. A call copies its operands into an
 * arena that starts anew with every operation, runs tasks on all threads and waits for them, so that it
 * is synchronous as tfjs kernels must be. The result does not depend on the number of threads.
 */
export class KernelRuntime {
  readonly exports: KernelExports;
  private readonly control: Int32Array<SharedArrayBuffer>;
  private top = PARAMETER_BYTES;

  private constructor(
    private readonly memory: WebAssembly.Memory,
    module: WebAssembly.Module,
    private readonly helpers: readonly { terminate(): unknown }[],
    control: Int32Array<SharedArrayBuffer>,
  ) {
    this.control = control;
    this.exports = instantiate(module, memory);
  }

  /** Threads that share the work, the caller included. */
  get threads(): number {
    return this.helpers.length + 1;
  }

  /**
   * @param threads wanted threads; fewer where memory cannot be shared with workers
   * @param relaxed false takes the module without fused multiply-add also where there is one
   */
  static async create(threads: number, relaxed = true): Promise<KernelRuntime> {
    const module = await compile(relaxed);
    const memory = createMemory();
    const control = new Int32Array(
      new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
        .buffer as unknown as SharedArrayBuffer,
      0,
      CONTROL_WORDS,
    );
    const helpers: { terminate(): unknown }[] = [];
    if (canShareMemory()) {
      const started = await Promise.allSettled(
        Array.from({ length: threads - 1 }, (_, i) =>
          startThread({ module, memory, control, thread: i + 1 }),
        ),
      );
      for (const result of started)
        if (result.status === 'fulfilled') helpers.push(result.value.worker);
    }
    return new KernelRuntime(memory, module, helpers, control);
  }

  /** Starts a new operation: forgets all earlier allocations. */
  reset(): void {
    this.top = PARAMETER_BYTES;
  }

  /** The current end of the allocations, for {@link release}. */
  mark(): number {
    return this.top;
  }

  /** Forgets what was allocated after `mark`. */
  release(mark: number): void {
    this.top = mark;
  }

  /** Reserves `bytes` (16-aligned) and returns their address. Views made earlier stay valid. */
  allocate(bytes: number): number {
    const at = (this.top + 63) & ~63;
    this.top = at + bytes;
    // Kernels may read (never write) a little past an operand.
    const missing = this.top + PAGE - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length);
  }

  write(source: Float32Array): number {
    const at = this.allocate(source.byteLength);
    this.floats(at, source.length).set(source);
    return at;
  }

  /** Runs `tasks` tasks on all threads; `scratchBytes` are given to each thread. */
  run(
    operation: Operation,
    parameters: readonly number[],
    tasks: number,
    scratchBytes: number,
  ): void {
    new Int32Array(this.memory.buffer, 0, PARAMETER_BYTES / 4).set(parameters);
    const perThread = (scratchBytes + 63) & ~63;
    const scratch = perThread > 0 ? this.allocate(perThread * this.threads) : 0;
    const { control } = this;
    const shared = this.helpers.length > 0 && tasks > 1;
    control[NEXT_TASK] = 0;
    if (shared) {
      control[TASKS] = tasks;
      control[OPERATION] = OPERATIONS.indexOf(operation);
      control[PARAMETERS] = 0;
      control[SCRATCH] = scratch;
      control[SCRATCH_BYTES] = perThread;
      Atomics.store(control, PENDING, this.helpers.length);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
    }
    const kernel = this.exports[operation];
    const last = operation === 'gemv' ? tasks : scratch;
    for (let task = Atomics.add(control, NEXT_TASK, 1); task < tasks; ) {
      kernel(0, task, last);
      task = Atomics.add(control, NEXT_TASK, 1);
    }
    if (shared) this.join();
  }

  dispose(): void {
    this.control[OPERATION] = -1;
    Atomics.add(this.control, GENERATION, 1);
    Atomics.notify(this.control, GENERATION);
    for (const helper of this.helpers) void helper.terminate();
  }

  private join(): void {
    for (let spins = 0; ; spins++) {
      const pending = Atomics.load(this.control, PENDING);
      if (pending === 0) return;
      if (spins > 200 && MAY_WAIT) Atomics.wait(this.control, PENDING, pending, 10);
    }
  }
}

/** A page's main thread may not block on Atomics.wait. */
const MAY_WAIT = typeof document === 'undefined';

function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return (
    typeof globalThis.crossOriginIsolated === 'undefined' || globalThis.crossOriginIsolated === true
  );
}

function createMemory(): WebAssembly.Memory {
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: 16, maximum, shared: true });
    } catch {
      // A smaller reservation may still be granted.
    }
  }
  throw new Error('This machine grants no shared WebAssembly memory.');
}

async function compile(relaxed: boolean): Promise<WebAssembly.Module> {
  const decode = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const module = decode(relaxed ? RELAXED_SIMD_MODULE : SIMD_MODULE);
  return WebAssembly.compile(WebAssembly.validate(module) ? module : decode(SIMD_MODULE));
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort: () => {} } });
  return exports as unknown as KernelExports;
}

interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  readonly thread: number;
}

async function startThread(start: ThreadStart): Promise<{ worker: { terminate(): unknown } }> {
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
    return { worker };
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
    return { worker };
  } finally {
    URL.revokeObjectURL(url);
  }
}

import { type Filter, FilterStore } from './filters.ts';
import { canShareMemory, compile, createMemory, type Helper, startThread } from './start.ts';
import {
  ACTIVE,
  CONTROL_WORDS,
  FAILED,
  GENERATION,
  NEXT_TASK,
  OPEN,
  OPERATION,
  OPERATIONS,
  type Operation,
  PARAMETERS,
  SCRATCH,
  SCRATCH_BYTES,
  TASKS,
} from './thread.ts';

interface KernelExports {
  adam(parameters: number, task: number): void;
  conv(parameters: number, task: number, scratch: number): void;
  filterGrad(parameters: number, task: number, scratch: number): void;
  gemm(parameters: number, task: number, scratch: number): void;
  patchConv(parameters: number, task: number, scratch: number): void;
  patchFilterGrad(parameters: number, task: number, scratch: number): void;
  patchScratchBytes(depth: number, cout: number): number;
  winograd(parameters: number, task: number, scratch: number): void;
  winogradGradTiles(parameters: number, task: number, scratch: number): void;
  winogradGradProduct(parameters: number, task: number, scratch: number): void;
  winogradFilter(parameters: number, task: number, scratch: number): void;
  winogradFilterScratchBytes(rows: number): number;
  winogradGradFilter(sums: number, target: number, cin: number, cout: number, work: number): void;
  winogradGradScratchBytes(): number;
  winogradGradTileBytes(tiles: number, channels: number): number;
  winogradScratchBytes(cin: number, cout: number): number;
  convScratchBytes(taps: number, cout: number): number;
  filterGradScratchBytes(): number;
  gemmScratchBytes(): number;
  packFilter(parameters: number, task: number): void;
  packVoxels(parameters: number, task: number): void;
}

const PAGE = 65536;
/** The first bytes of the memory hold the parameters of the running operation. */
const PARAMETER_BYTES = 256;
/** TomoTwin's 75 million weights take 363 MiB as Winograd's products read them. */
const FILTER_BYTES = 384 * 2 ** 20;
const PATIENCE = 60_000;

/**
 * The project's wasm kernels with their memory and helper threads. A call copies its operands into an
 * arena that starts over with every operation, runs tasks on all threads and waits for them, so that it
 * is synchronous as tfjs kernels must be. The result does not depend on the number of threads.
 */
export class KernelRuntime {
  readonly exports: KernelExports;
  readonly filters = new FilterStore(PARAMETER_BYTES, FILTER_BYTES);
  private readonly control: Int32Array<SharedArrayBuffer>;
  private top = PARAMETER_BYTES;
  /** How long a helper thread may stay in an operation that has no tasks left, ms of actual waiting. */
  patience = PATIENCE;

  private constructor(
    private readonly memory: WebAssembly.Memory,
    module: WebAssembly.Module,
    private helpers: readonly Helper[],
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
    const helpers: Helper[] = [];
    if (canShareMemory()) {
      const started = await Promise.allSettled(
        Array.from({ length: threads - 1 }, (_, i) =>
          startThread({ module, memory, control, thread: i + 1 }),
        ),
      );
      for (const result of started) if (result.status === 'fulfilled') helpers.push(result.value);
    }
    return new KernelRuntime(memory, module, helpers, control);
  }

  /** Runs one whole operation; where the memory does not suffice for it, once more without the kept filters. */
  operate(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof RangeError) || !this.filters.clear()) throw error;
      work();
    }
  }

  /** Starts a new operation: forgets all earlier allocations. */
  reset(): void {
    this.top = this.filters.end;
  }

  /**
   * Starts a new operation with a filter: the address of its `form`, which `make` writes unless it is kept from
   * an earlier operation.
   */
  resetWith(filter: Filter, form: string, bytes: number, make: (at: number) => void): number {
    const kept = this.filters.find(filter.key, form);
    const slot = kept ?? this.filters.reserve(filter, form, bytes);
    this.reset();
    if (kept !== undefined) return kept;
    const at = slot ?? this.allocate(bytes);
    const mark = this.mark();
    make(at);
    this.release(mark);
    if (slot !== undefined) this.filters.filled(slot);
    return at;
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
  run(operation: Operation, parameters: Int32Array, tasks: number, scratchBytes: number): void {
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
      control[FAILED] = 0;
      this.open();
    }
    const kernel = this.exports[operation];
    try {
      for (let task = Atomics.add(control, NEXT_TASK, 1); task < tasks; ) {
        kernel(0, task, scratch);
        task = Atomics.add(control, NEXT_TASK, 1);
      }
    } finally {
      if (shared) this.close(operation);
    }
  }

  dispose(): void {
    this.control[OPERATION] = -1;
    this.open();
    for (const helper of this.helpers) void helper.terminate();
  }

  /** Lets the helper threads in. */
  private open(): void {
    Atomics.store(this.control, OPEN, 1);
    Atomics.add(this.control, GENERATION, 1);
    Atomics.notify(this.control, GENERATION);
  }

  /** Lets no more helper threads in and waits for those inside. */
  private close(operation: Operation): void {
    const { control } = this;
    Atomics.store(control, OPEN, 0);
    let left = this.patience;
    let before = performance.now();
    for (let spins = 0; ; spins++) {
      const active = Atomics.load(control, ACTIVE);
      if (active === 0) break;
      if (spins <= 200) continue;
      if (MAY_WAIT) Atomics.wait(control, ACTIVE, active, STEP);
      const now = performance.now();
      // A machine that slept in between has not waited.
      left -= Math.min(now - before, 2 * STEP);
      before = now;
      if (left < 0) this.abandon(operation);
    }
    if (Atomics.load(control, FAILED) === 1)
      throw new Error(`A helper thread of the wasm kernels failed in ${operation}.`);
  }

  /** Goes on without helper threads, one of which has stopped inside an operation. */
  private abandon(operation: Operation): never {
    for (const helper of this.helpers) void helper.terminate();
    this.helpers = [];
    throw new Error(`A helper thread of the wasm kernels stopped answering in ${operation}.`);
  }
}

/** Longest single wait for the helper threads, ms. */
const STEP = 10;
/** A page's main thread may not block on Atomics.wait. */
const MAY_WAIT = typeof document === 'undefined';

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort: () => {} } });
  return exports as unknown as KernelExports;
}

import { AppError } from '../../../core/errors.ts';
import { type Heap, outOfMemory } from '../../tfjs-internals.ts';
import { type Filter, FilterStore } from './filters.ts';
import { compile, type Helper, startThread } from './start.ts';
import {
  ACTIVE,
  ARGUMENTS,
  CONTROL_WORDS,
  FAILED,
  GENERATION,
  type Kernel,
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

type Task = (...args: readonly number[]) => void;

/** `assembly`; addresses and sizes in bytes where the names do not say otherwise. */
type KernelExports = Readonly<Record<Operation | Kernel, Task>> & {
  patchScratchBytes(depth: number, cout: number): number;
  winogradFilterScratchBytes(rows: number): number;
  winogradGradFilter(sums: number, target: number, cin: number, cout: number, work: number): void;
  winogradGradScratchBytes(): number;
  winogradGradTileBytes(tiles: number, channels: number): number;
  winogradScratchBytes(cin: number, cout: number): number;
  convScratchBytes(taps: number, cout: number): number;
  filterGradScratchBytes(): number;
  gemmScratchBytes(): number;
  scatterBytes(parameters: number): number;
  channelSums(a: number, voxels: number, channels: number, sums: number): void;
  gradientSums(
    a: number,
    g: number,
    voxels: number,
    channels: number,
    sums: number,
    products: number,
    work: number,
  ): void;
  unsafeProducts(
    a: number,
    g: number,
    voxels: number,
    channels: number,
    unsafe: number,
    products: number,
  ): void;
  weightedMaps(
    a: number,
    voxels: number,
    channels: number,
    weights: number,
    first: number,
    second: number,
  ): void;
  finishMap(values: number, voxels: number, least: number, map: number, summary: number): void;
};

/** Of the control words and the table of arguments behind them. */
const CONTROL_BYTES = 65536;
/** For the parameters of the running operation. */
const PARAMETER_BYTES = 256;
const PATIENCE = 60_000;

/**
 * The project's wasm kernels in the memory where TensorFlow.js keeps its tensors, with helper threads where that memory is
 * shared. An operation runs its tasks on all threads and waits for them, so that it is synchronous as tfjs kernels must
 * be. The result does not depend on the number of threads.
 */
export class KernelRuntime {
  readonly exports: KernelExports;
  readonly filters: FilterStore;
  private readonly parameters: number;
  private readonly table: Float64Array;
  /** Allocations of the running operation. */
  private held: number[] = [];
  /** Scratch of all threads, among them. */
  private scratch = { at: 0, bytes: 0 };
  /** How long a helper thread may stay in an operation that has no tasks left, ms of actual waiting. */
  patience = PATIENCE;

  private constructor(
    private readonly heap: Heap,
    module: WebAssembly.Module,
    private helpers: readonly Helper[],
    private readonly control: Int32Array,
  ) {
    const env = { memory: heap.memory, abort: () => {} };
    this.exports = new WebAssembly.Instance(module, { env }).exports as unknown as KernelExports;
    this.table = new Float64Array(control.buffer, CONTROL_WORDS * 4);
    this.filters = new FilterStore(heap);
    this.parameters = heap.malloc(PARAMETER_BYTES);
    heap.relieve = () => this.filters.clear();
  }

  /** Threads that share the work, the caller included. */
  get threads(): number {
    return this.helpers.length + 1;
  }

  /**
   * @param threads wanted threads; one where the heap is not shared
   * @param relaxed false takes the module without fused multiply-add also where there is one
   */
  static async create(heap: Heap, threads: number, relaxed = true): Promise<KernelRuntime> {
    const { memory } = heap;
    const shared =
      typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
    const module = await compile(relaxed, shared);
    const control = new Int32Array(
      shared ? new SharedArrayBuffer(CONTROL_BYTES) : new ArrayBuffer(CONTROL_BYTES),
    );
    const started = await Promise.allSettled(
      Array.from({ length: shared ? threads - 1 : 0 }, (_, i) =>
        startThread({ module, memory, control, thread: i + 1 }),
      ),
    );
    const helpers = started.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    return new KernelRuntime(heap, module, helpers, control);
  }

  /**
   * Runs one whole operation and frees what it allocated; where the memory does not suffice for it, once more without
   * the kept filters.
   */
  operate<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof AppError) || !this.filters.clear()) throw error;
      this.reset();
      return work();
    } finally {
      this.reset();
    }
  }

  /** The address of a filter in one form, which `make` writes unless it is kept from an earlier operation. */
  filter(filter: Filter, form: string, bytes: number, make: (at: number) => void): number {
    const kept = this.filters.find(filter.key, form);
    if (kept !== undefined) return kept;
    const slot = this.filters.reserve(filter, form, bytes);
    const at = slot ?? this.allocate(bytes);
    make(at);
    if (slot !== undefined) this.filters.filled(slot);
    return at;
  }

  /** Reserves `bytes` for the running operation and returns their address, a multiple of 64. */
  allocate(bytes: number): number {
    const at = this.heap.malloc(bytes);
    if (at === 0) throw outOfMemory();
    this.held.push(at);
    return at;
  }

  /** A row of `count` zeros for the running operation. */
  zeros(count: number): number {
    const at = this.allocate(count * 4);
    this.floats(at, count).fill(0);
    return at;
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.heap.memory.buffer, at, length);
  }

  words(at: number, length: number): Int32Array {
    return new Int32Array(this.heap.memory.buffer, at, length);
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.heap.memory.buffer, at, length);
  }

  doubles(at: number, length: number): Float64Array {
    return new Float64Array(this.heap.memory.buffer, at, length);
  }

  /** Runs `tasks` tasks on all threads; `scratchBytes` are given to each thread. */
  run(operation: Operation, parameters: Int32Array, tasks: number, scratchBytes: number): void {
    this.words(this.parameters, parameters.length).set(parameters);
    const perThread = Math.ceil(scratchBytes / 64) * 64;
    const scratch = this.scratchOf(perThread * this.threads);
    const { control } = this;
    control[ARGUMENTS] = 0;
    control[PARAMETERS] = this.parameters;
    control[SCRATCH] = scratch;
    control[SCRATCH_BYTES] = perThread;
    const kernel = this.exports[operation];
    this.share(operation, tasks, (task) => kernel(this.parameters, task, scratch));
  }

  /** Calls a kernel once with each list of arguments, all of one length, on all threads. */
  runEach(operation: Kernel, calls: readonly (readonly number[])[]): void {
    const kernel = this.exports[operation];
    const [first] = calls;
    if (!first) return;
    const most = Math.floor(this.table.length / first.length);
    for (let from = 0; from < calls.length; from += most) {
      const part = calls.slice(from, from + most);
      if (this.helpers.length > 0)
        for (const [i, call] of part.entries()) this.table.set(call, i * call.length);
      this.control[ARGUMENTS] = first.length;
      this.share(operation, part.length, (task) => kernel(...part[task]));
    }
  }

  dispose(): void {
    this.control[OPERATION] = -1;
    this.open();
    for (const helper of this.helpers) void helper.terminate();
    this.filters.clear();
    this.heap.free(this.parameters);
  }

  private share(operation: Operation | Kernel, tasks: number, call: (task: number) => void): void {
    const { control } = this;
    const shared = this.helpers.length > 0 && tasks > 1;
    control[NEXT_TASK] = 0;
    if (shared) {
      control[TASKS] = tasks;
      control[OPERATION] = OPERATIONS.indexOf(operation);
      control[FAILED] = 0;
      this.open();
    }
    try {
      for (let task = Atomics.add(control, NEXT_TASK, 1); task < tasks; ) {
        call(task);
        task = Atomics.add(control, NEXT_TASK, 1);
      }
    } finally {
      if (shared) this.close(operation);
    }
  }

  private scratchOf(bytes: number): number {
    if (bytes > this.scratch.bytes) this.scratch = { at: this.allocate(bytes), bytes };
    return this.scratch.at;
  }

  private reset(): void {
    for (const at of this.held) this.heap.free(at);
    this.held = [];
    this.scratch = { at: 0, bytes: 0 };
  }

  /** Lets the helper threads in. */
  private open(): void {
    Atomics.store(this.control, OPEN, 1);
    Atomics.add(this.control, GENERATION, 1);
    Atomics.notify(this.control, GENERATION);
  }

  /** Lets no more helper threads in and waits for those inside. */
  private close(operation: Operation | Kernel): void {
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

  /** Continues without helper threads, one of which has stopped inside an operation. */
  private abandon(operation: string): never {
    for (const helper of this.helpers) void helper.terminate();
    this.helpers = [];
    throw new Error(`A helper thread of the wasm kernels stopped answering in ${operation}.`);
  }
}

/** Longest single wait for the helper threads, ms. */
const STEP = 10;
/** A page's main thread may not block on Atomics.wait. */
const MAY_WAIT = typeof document === 'undefined';

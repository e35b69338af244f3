import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { KernelRuntime } from '../runtime.ts';
import type { Kernel } from '../thread.ts';

/** Bytes for the parameters of a kernel that takes them as `Volumes`. */
export const PARAMETER_BYTES = 256;
/** A part of some work that a thread of its own is worth, in floats, and as many parts as there are at most. */
const PART_FLOATS = 16384;
const MOST_PARTS = 16;

/** `[first, first + count)` of some rows. */
export interface Part {
  readonly first: number;
  readonly count: number;
}

/** `rows` rows of `floats` floats in parts; not by the number of threads, so that sums do not depend on it. */
export function partsOf(rows: number, floats: number): Part[] {
  const wanted = Math.min(MOST_PARTS, Math.floor((rows * floats) / PART_FLOATS), rows);
  const count = Math.ceil(rows / Math.max(1, wanted));
  return Array.from({ length: Math.ceil(rows / count) }, (_, i) => ({
    first: i * count,
    count: Math.min(count, rows - i * count),
  }));
}

/** `count` floats in parts for what reads and writes each once, which is done before a thread has woken up for few of them. */
export const elementParts = (count: number): Part[] => partsOf(count, 1 / 8);

/** The tensors of tfjs's wasm backend, where the kernels read and write them. */
export class TensorMemory {
  constructor(
    readonly backend: BackendWasm,
    readonly runtime: KernelRuntime,
  ) {}

  /** Kernels in this thread. */
  get run() {
    return this.runtime.exports;
  }

  /** Calls a kernel once with each list of arguments, on all threads. */
  runEach(kernel: Kernel, calls: readonly (readonly number[])[]): void {
    this.runtime.runEach(kernel, calls);
  }

  /** Where a tensor's data begin. */
  at({ dataId }: TensorInfo): number {
    return this.backend.getMemoryOffset(dataId);
  }

  /** A new tensor, not cleared. */
  output(shape: number[], dtype: TensorInfo['dtype'] = 'float32'): TensorInfo {
    return this.backend.makeOutput(shape, dtype);
  }

  /** Floats of a tensor, where they are. */
  values(tensor: TensorInfo): Float32Array {
    return this.floats(this.at(tensor), util.sizeFromShape(tensor.shape));
  }

  fill(tensor: TensorInfo, value: number): void {
    const at = this.at(tensor);
    const parts = elementParts(util.sizeFromShape(tensor.shape));
    this.runEach(
      'fill',
      parts.map(({ first, count }) => [at + first * 4, count, value]),
    );
  }

  /** Calls `use` with the address of `bytes` of memory, not cleared, that are its own until it returns. */
  withScratch<T>(bytes: number, use: (at: number) => T): T {
    return this.runtime.operate(() => use(this.runtime.allocate(bytes)));
  }

  bytes(at: number, length: number): Uint8Array {
    return this.runtime.bytes(at, length);
  }

  setWords(at: number, values: Int32Array): void {
    this.runtime.words(at, values.length).set(values);
  }

  floats(at: number, length: number): Float32Array {
    return this.runtime.floats(at, length);
  }

  doubles(at: number, length: number): Float64Array {
    return this.runtime.doubles(at, length);
  }
}

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { AppError } from '../../../../core/errors.ts';
import { type Emscripten, emscripten } from '../../../tfjs-internals.ts';
import { IN_PLACE_MODULE, RELAXED_IN_PLACE_MODULE } from './module.generated.ts';

/** `../assembly/in-place`; addresses and sizes in bytes where the names do not say otherwise. */
export interface InPlaceExports {
  avgPool(parameters: number, work: number): void;
  avgPoolGrad(parameters: number, work: number): void;
  maxPool(parameters: number, work: number): void;
  maxPoolGrad(parameters: number, work: number): void;
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
  copyRows(
    source: number,
    from: number,
    target: number,
    to: number,
    bytes: number,
    rows: number,
    times: number,
  ): void;
  mixRows(
    x: number,
    y: number,
    outer: number,
    rows: number,
    out: number,
    columns: number,
    starts: number,
    sources: number,
    weights: number,
  ): void;
  rowsTimes(a: number, b: number, y: number, m: number, k: number, n: number, work: number): void;
  rowsTimesTransposed(a: number, b: number, y: number, m: number, k: number, n: number): void;
  scatterBytes(parameters: number): number;
  scatterGrad(parameters: number, work: number): void;
  channelDots(a: number, b: number, rows: number, channels: number, sums: number): void;
  mixChannels(
    left: number,
    right: number,
    out: number,
    factors: number,
    rows: number,
    channels: number,
  ): void;
  depthwise(parameters: number, work: number): void;
  rectify(x: number, y: number, count: number, slope: number, most: number): void;
  reluGrad(dy: number, y: number, dx: number, count: number, slope: number): void;
  normalizeChannels(
    x: number,
    y: number,
    mean: number,
    scale: number,
    shift: number,
    rows: number,
    channels: number,
    slope: number,
  ): void;
  rectifiedDots(
    dy: number,
    x: number,
    mean: number,
    scale: number,
    shift: number,
    slope: number,
    rows: number,
    channels: number,
    sums: number,
  ): void;
  rectifiedMix(
    dy: number,
    x: number,
    out: number,
    factors: number,
    mean: number,
    scale: number,
    shift: number,
    slope: number,
    rows: number,
    channels: number,
  ): void;
  sumRows(
    x: number,
    y: number,
    outer: number,
    rows: number,
    columns: number,
    factor: number,
    work: number,
  ): void;
}

/** Bytes for the parameters of a kernel that takes them as `Volumes`. */
export const PARAMETER_BYTES = 256;

let module: WebAssembly.Module | undefined;
const memories = new WeakMap<BackendWasm, TensorMemory>();

/** Compiles the kernels; {@link tensorMemory} needs them. */
export async function loadInPlaceKernels(): Promise<void> {
  const decode = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const relaxed = decode(RELAXED_IN_PLACE_MODULE);
  const valid = WebAssembly.validate(relaxed);
  module ??= await WebAssembly.compile(valid ? relaxed : decode(IN_PLACE_MODULE));
}

/** The kernels in this backend's memory, which it must not share with threads of its own. */
export function tensorMemory(backend: BackendWasm): TensorMemory {
  let memory = memories.get(backend);
  if (!memory) {
    if (!module) throw new AppError('internal', 'the wasm kernels are not loaded');
    memory = new TensorMemory(backend, module, emscripten(backend));
    memories.set(backend, memory);
  }
  return memory;
}

/**
 * Kernels that read and write tensors where tfjs's wasm backend keeps them: for work that is done faster
 * than its operands could be copied to the threads of `KernelRuntime`.
 */
export class TensorMemory {
  readonly run: InPlaceExports;

  constructor(
    private readonly backend: BackendWasm,
    compiled: WebAssembly.Module,
    private readonly own: Emscripten,
  ) {
    const env = { memory: own.memory, abort: () => {} };
    this.run = new WebAssembly.Instance(compiled, { env }).exports as unknown as InPlaceExports;
  }

  /** Where a tensor's data begin. */
  at({ dataId }: TensorInfo): number {
    return this.backend.getMemoryOffset(dataId);
  }

  /** A new tensor, not cleared. */
  output(shape: number[], dtype: TensorInfo['dtype'] = 'float32'): TensorInfo {
    return this.backend.makeOutput(shape, dtype);
  }

  clear(tensor: TensorInfo): void {
    this.bytes(this.at(tensor), util.sizeFromShape(tensor.shape) * 4).fill(0);
  }

  /** Calls `use` with the address of `bytes` of memory, not cleared, that are its own until it returns. */
  withScratch<T>(bytes: number, use: (at: number) => T): T {
    const at = this.own.malloc(bytes);
    if (at === 0) {
      throw new AppError(
        'unsupported',
        'WebAssembly has no memory left for this computation; accepted: a smaller volume or network',
      );
    }
    try {
      return use(at);
    } finally {
      this.own.free(at);
    }
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.own.memory.buffer, at, length);
  }

  setWords(at: number, values: Int32Array): void {
    new Int32Array(this.own.memory.buffer, at, values.length).set(values);
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.own.memory.buffer, at, length);
  }

  doubles(at: number, length: number): Float64Array {
    return new Float64Array(this.own.memory.buffer, at, length);
  }
}

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { AppError } from '../../../../core/errors.ts';
import { HEAP_MODULE, RELAXED_HEAP_MODULE } from './module.generated.ts';

/** `../assembly/heap`; addresses and sizes in bytes where the names do not say otherwise. */
export interface HeapExports {
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
  rowsTimes(a: number, b: number, y: number, m: number, k: number, n: number, work: number): void;
  rowsTimesTransposed(a: number, b: number, y: number, m: number, k: number, n: number): void;
  spreadBytes(parameters: number): number;
  spreadGrad(parameters: number, work: number): void;
  reluGrad(dy: number, y: number, dx: number, count: number): void;
  scaleShift(
    x: number,
    y: number,
    scale: number,
    shift: number,
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

/** What of tfjs's module (Emscripten) these kernels need. */
interface TfjsModule {
  readonly asm?: { readonly memory?: unknown };
  _malloc(bytes: number): number;
  _free(at: number): void;
}

let module: WebAssembly.Module | undefined;
const heaps = new WeakMap<BackendWasm, Heap>();

/** Compiles the kernels; {@link heapOf} needs them. */
export async function loadHeapKernels(): Promise<void> {
  const decode = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const relaxed = decode(RELAXED_HEAP_MODULE);
  const valid = WebAssembly.validate(relaxed);
  module ??= await WebAssembly.compile(valid ? relaxed : decode(HEAP_MODULE));
}

/** The kernels in this backend's memory, which it must not share with threads of its own. */
export function heapOf(backend: BackendWasm): Heap {
  let heap = heaps.get(backend);
  if (!heap) {
    const memory = (backend.wasm as unknown as TfjsModule).asm?.memory;
    if (!module || !(memory instanceof WebAssembly.Memory)) {
      throw new AppError('internal', "the memory of TensorFlow.js's wasm backend is out of reach");
    }
    heap = new Heap(backend, module, memory);
    heaps.set(backend, heap);
  }
  return heap;
}

/**
 * Kernels that read and write tensors where tfjs's wasm backend keeps them: for work that is done faster
 * than its operands could be copied to the threads of `KernelRuntime`.
 */
export class Heap {
  readonly run: HeapExports;

  constructor(
    private readonly backend: BackendWasm,
    compiled: WebAssembly.Module,
    private readonly memory: WebAssembly.Memory,
  ) {
    const instance = new WebAssembly.Instance(compiled, { env: { memory, abort: () => {} } });
    this.run = instance.exports as unknown as HeapExports;
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
    const at = this.at(tensor);
    new Uint8Array(this.memory.buffer, at, util.sizeFromShape(tensor.shape) * 4).fill(0);
  }

  /** Lends `bytes` of memory, not cleared, to `use`. */
  lend<T>(bytes: number, use: (at: number) => T): T {
    const { _malloc, _free } = this.backend.wasm as unknown as TfjsModule;
    const at = _malloc(bytes) >>> 0;
    if (at === 0) {
      throw new AppError(
        'unsupported',
        'WebAssembly has no memory left for this computation; accepted: a smaller volume or network',
      );
    }
    try {
      return use(at);
    } finally {
      _free(at);
    }
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  words(at: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, at, length);
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length);
  }

  doubles(at: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, at, length);
  }
}

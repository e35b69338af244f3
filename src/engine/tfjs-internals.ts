/**
 * Everything that this project uses of TensorFlow.js 4.22 beyond its public interface. Its test says after an update
 * what is not there any more.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { AppError } from '../core/errors.ts';
import { tf } from './tf.ts';

/** The memory in which the wasm backend keeps its tensors. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Address of `bytes` bytes, a multiple of 64: vectors never reach over two lines of the cache. 0 where there are none. */
  malloc(bytes: number): number;
  free(at: number): void;
  /** Whether so much of its 4 GiB is taken that nothing is to be kept only to save time. */
  readonly crowded: boolean;
  /** Frees what is only kept to save time; whether there was something. Asked before a tensor gets no memory. */
  relieve: () => boolean;
}

const LINE = 64;
/**
 * Above it the heap is crowded. tfjs's allocator (emmalloc) forgets that addresses end: asked for more than is left below
 * 4 GiB, it may give what reaches beyond.
 */
const CROWDED = 3 * 2 ** 30;
const heaps = new WeakMap<BackendWasm, Heap>();

/**
 * The heap of a backend. From now on a tensor that it has no room for is an error: of itself, tfjs (4.22) would write its values
 * to address 0.
 *
 * @throws AppError `internal` where it is out of reach
 */
export function heapOf(backend: BackendWasm): Heap {
  const known = heaps.get(backend);
  if (known) return known;
  const wasm = backend.wasm as unknown as {
    readonly asm?: { readonly memory?: unknown };
    _malloc: (bytes: number) => number;
    _free: (at: number) => void;
  };
  const memory = wasm.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new AppError(
      'internal',
      "the memory of TensorFlow.js's wasm backend is out of reach, as it runs threads of its own; accepted: a backend that this project starts (registerKernels('wasm') in place of tf.setBackend('wasm'))",
    );
  }
  // The first call of each puts the function itself in its place.
  wasm._free(wasm._malloc(1));
  const { _malloc, _free } = wasm;
  /** What was allocated, by the address that was given for it. */
  const owners = new Map<number, number>();
  const malloc = (bytes: number) => {
    const at = _malloc(bytes + LINE) >>> 0;
    if (at === 0 || at + bytes + LINE > memory.buffer.byteLength) return 0;
    const given = Math.ceil(at / LINE) * LINE;
    owners.set(given, at);
    return given;
  };
  const free = (at: number) => {
    _free(owners.get(at) ?? at);
    owners.delete(at);
  };
  const heap: Heap = {
    memory,
    malloc,
    free,
    get crowded() {
      return memory.buffer.byteLength > CROWDED;
    },
    relieve: () => false,
  };
  wasm._malloc = (bytes) => {
    if (heap.crowded) heap.relieve();
    const at = malloc(bytes) || (heap.relieve() ? malloc(bytes) : 0);
    if (at === 0) throw outOfMemory();
    return at;
  };
  wasm._free = free;
  heaps.set(backend, heap);
  return heap;
}

export function outOfMemory(): AppError {
  return new AppError(
    'unsupported',
    'WebAssembly has no memory left for this computation; accepted: a smaller volume or network',
  );
}

/** Of the wasm backend: for each tensor's data a record of its own, a new one wherever they are new or were moved. */
export function dataRecords({ dataIdMap }: BackendWasm): {
  get(dataId: object): object;
  has(dataId: object): boolean;
} {
  return dataIdMap;
}

/** How the WebGPU backend runs shaders. */
export interface Recorder {
  readonly device: GPUDevice;
  /** Promises while `WEBGPU_ENGINE_COMPILE_ONLY` is set. */
  readonly pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;
  /** Null where nothing is recorded that was not handed over. */
  readonly commandEncoder: GPUCommandEncoder | null;
  uploadToGPU(dataId: object): void;
  recordAndSubmit(
    program: {
      readonly pipeline: GPUComputePipeline | Promise<GPUComputePipeline>;
      readonly dispatch: readonly [x: number, y: number, z: number];
      readonly size: boolean;
      readonly outputShape: number[];
    },
    output: tf.TensorInfo,
    inputs: readonly tf.TensorInfo[],
    uniforms: readonly { type: string; data: readonly number[] }[],
  ): void;
  getBufferData: (buffer: GPUBuffer) => Promise<ArrayBuffer>;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

export function recorder(backend: WebGPUBackend): Recorder {
  return backend as unknown as Recorder;
}

/** Shaders are compiled and nothing is computed while this is set. */
export const COMPILE_ONLY = 'WEBGPU_ENGINE_COMPILE_ONLY';

/** What the adapter of a WebGPU backend says about itself. */
export function adapterInfo(backend: WebGPUBackend): Partial<GPUAdapterInfo> {
  return (
    backend.device.adapterInfo ?? (backend.adapterInfo as unknown as Partial<GPUAdapterInfo>) ?? {}
  );
}

/** The device of the WebGPU backend that was last made, whoever made it. */
export function webgpuDevice(): GPUDevice | undefined {
  return (tf.engine().registry.webgpu as unknown as { device: GPUDevice } | undefined)?.device;
}

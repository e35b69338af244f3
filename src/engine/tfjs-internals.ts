/**
 * Everything that this project uses of TensorFlow.js 4.22 beyond its public interface. Its test says after an update
 * what is not there any more.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { AppError } from '../core/errors.ts';
import { tf } from './tf.ts';

/** The memory of the wasm backend's own (Emscripten) module. */
export interface Emscripten {
  readonly memory: WebAssembly.Memory;
  /** Address of `bytes` bytes; 0 where there are none. */
  malloc(bytes: number): number;
  free(at: number): void;
}

/** @throws AppError `internal` where it is out of reach */
export function emscripten({ wasm }: BackendWasm): Emscripten {
  const { asm, _malloc, _free } = wasm as unknown as {
    readonly asm?: { readonly memory?: unknown };
    _malloc(bytes: number): number;
    _free(at: number): void;
  };
  if (!(asm?.memory instanceof WebAssembly.Memory)) {
    throw new AppError('internal', "the memory of TensorFlow.js's wasm backend is out of reach");
  }
  return { memory: asm.memory, malloc: (bytes) => _malloc(bytes) >>> 0, free: _free };
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

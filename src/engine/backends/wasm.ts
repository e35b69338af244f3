import { AppError } from '../../core/errors.ts';
import { sharingMemory } from '../kernels/wasm/shared-memory.ts';
import { tf } from '../tf.ts';
import type { BackendDriver, MemoryLimits, WasmFiles } from './types.ts';

/** tfjs's wasm memory ends at 4 GiB, with the weights and what the kernels work with in it; no value has addresses beyond 2 GiB. */
export const WASM_MEMORY: MemoryLimits = {
  total: 3 * 2 ** 30,
  slab: 192 * 2 ** 20,
  operation: 2 ** 31 - 2 ** 27,
  tensor: Number.POSITIVE_INFINITY,
};

/** TensorFlow.js's wasm backend, single-threaded; `files` are where a bundler put its binaries. */
export function wasm(files: WasmFiles | undefined): BackendDriver {
  return {
    async probe() {
      if (typeof WebAssembly === 'undefined') return undefined;
      return {
        name: 'wasm',
        device: 'processor',
        hardware: true,
        reason: 'WebAssembly on the processor is the fastest without a graphics card.',
      };
    },

    async start() {
      const backend = await import('@tensorflow/tfjs-backend-wasm');
      // The kernels that take the time have threads of this project's (src/engine/kernels).
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      // To look for it with `findBackend` would start it.
      if (files && !('wasm' in tf.engine().registry)) backend.setWasmPaths({ ...files });
      if (!(await sharingMemory(() => tf.setBackend('wasm')))) {
        throw new AppError('unsupported', 'WebAssembly could not be started; accepted: cpu');
      }
      return { device: 'processor', memory: WASM_MEMORY };
    },
  };
}

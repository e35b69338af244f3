import { AppError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { BackendDriver, WasmFiles } from './types.ts';

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
      // The kernels that take the time have threads of their own (src/engine/kernels).
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      if (files && !tf.findBackend('wasm')) backend.setWasmPaths({ ...files });
      if (!(await tf.setBackend('wasm'))) {
        throw new AppError('unsupported', 'WebAssembly could not be started; accepted: cpu');
      }
      return { device: 'processor' };
    },
  };
}

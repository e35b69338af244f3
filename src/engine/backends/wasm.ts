import { AppError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { BackendDriver, WasmFiles } from './types.ts';

/** Threads need a cross-origin isolated page; Node runs the single-threaded binary. */
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
      if (files && !('wasm' in tf.engine().registry)) backend.setWasmPaths({ ...files });
      if (!(await tf.setBackend('wasm'))) {
        throw new AppError('unsupported', 'WebAssembly could not be started; accepted: cpu');
      }
      const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
      const threaded = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
      const threads = simd && threaded ? backend.getThreadsCount() : 1;
      return {
        device: `${threads} ${threads === 1 ? 'thread' : 'threads'}${simd ? ', SIMD' : ''}`,
      };
    },
  };
}

import '@tensorflow/tfjs-backend-wasm';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { enableRelaxedSimd } from '../../relaxed-simd.ts';
import { tf } from '../../tf.ts';
import { heapOf } from '../../tfjs-internals.ts';
import { KernelRuntime } from './runtime.ts';
import { sharingMemory } from './shared-memory.ts';

/** The wasm backend as the engine starts it, and its kernels on so many threads. */
export async function startRuntime(threads: number, relaxed = true) {
  enableRelaxedSimd();
  await sharingMemory(() => tf.setBackend('wasm'));
  const backend = tf.backend() as BackendWasm;
  return { backend, runtime: await KernelRuntime.create(heapOf(backend), threads, relaxed) };
}

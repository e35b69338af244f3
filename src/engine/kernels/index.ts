import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { heapOf } from '../tfjs-internals.ts';
import { tf } from '../tf.ts';
import type { BackendName } from '../types.ts';
import { registerCpuKernels } from './cpu-kernels.ts';
import { KernelRuntime } from './wasm/runtime.ts';
import { canShareMemory, sharingMemory } from './wasm/shared-memory.ts';
import { registerWasmKernels } from './wasm/wasm-kernels.ts';
import { registerWebgpuKernels } from './webgpu/webgpu-kernels.ts';

const MAX_THREADS = 8;

let runtime: Promise<KernelRuntime> | undefined;
let webgpuRegistered = false;
let cpuRegistered = false;

/**
 * Registers this project's kernels over tfjs's for one backend, so that every layers model, gradient and
 * training step uses them, and starts it where it has not been started: the wasm backend has threads only then. Calling
 * again does nothing.
 */
export async function registerFastKernels(backend: BackendName): Promise<void> {
  if (backend === 'cpu' && !cpuRegistered) {
    cpuRegistered = true;
    registerCpuKernels();
  }
  if (backend === 'webgpu' && !webgpuRegistered) {
    webgpuRegistered = true;
    registerWebgpuKernels();
  }
  if (backend !== 'wasm' || runtime) return;
  runtime = startWasm();
  await runtime;
}

async function startWasm(): Promise<KernelRuntime> {
  await sharingMemory(() => tf.setBackend('wasm'));
  const wasm = tf.backend() as BackendWasm;
  const threads = Math.min(await processors(), MAX_THREADS);
  const made = await KernelRuntime.create(heapOf(wasm), threads);
  registerWasmKernels(wasm, made);
  return made;
}

export { canShareMemory as mayHaveThreads };

/** Threads that the wasm kernels use; 0 before they are registered. */
export async function kernelThreads(): Promise<number> {
  return runtime ? (await runtime).threads : 0;
}

async function processors(): Promise<number> {
  if (typeof navigator !== 'undefined' && navigator.hardwareConcurrency > 0)
    return navigator.hardwareConcurrency;
  // Spelled so that a browser's bundler leaves it alone.
  const name = 'node:os';
  const { availableParallelism } = (await import(
    /* @vite-ignore */ name
  )) as typeof import('node:os');
  return availableParallelism();
}

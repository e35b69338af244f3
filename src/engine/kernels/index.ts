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
  // Of the binaries, the one with threads of its own keeps its memory to itself. To set this later does nothing.
  if (!('wasm' in tf.engine().registry)) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await sharingMemory(() => tf.setBackend('wasm'));
  const wasm = tf.backend() as BackendWasm;
  const threads = Math.min(await processors(), MAX_THREADS);
  const made = await KernelRuntime.create(heapOf(wasm), threads);
  registerWasmKernels(wasm, made);
  return made;
}

export { canShareMemory as mayHaveThreads };

/** Whether somebody else has started the wasm backend in memory that threads cannot share, though they could. */
export function startedAlone(): boolean {
  const started = tf.engine().registry.wasm as BackendWasm | undefined;
  return (
    started !== undefined &&
    !runtime &&
    canShareMemory() &&
    !(heapOf(started).memory.buffer instanceof SharedArrayBuffer)
  );
}

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

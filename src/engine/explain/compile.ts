import { isAborted } from '../../core/errors.ts';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';
import { COMPILE_ONLY, type Recorder, recorder } from '../tfjs-internals.ts';
import type { Network } from './network.ts';

/** By network as placed: the runs whose shaders are there. */
const compiled = new WeakMap<Network, Set<string>>();

/**
 * Compiles the shaders of `run` all at once before it runs for real, if that was not done yet: one after
 * another, at first use, they would hold up the first answer. `run` is walked through without computing:
 * what it reads is empty, what it makes it has to dispose. Does nothing on other backends than WebGPU.
 *
 * @throws AppError `aborted` when `run` does; whatever else fails here fails in the real run too
 */
export async function compileAhead(
  network: Network,
  key: string,
  run: () => Promise<unknown>,
): Promise<void> {
  const done = compiled.get(network) ?? new Set();
  compiled.set(network, done);
  if (tf.getBackend() !== 'webgpu' || done.has(key)) return;
  const backend = recorder(tf.backend() as WebGPUBackend);
  if (!backend.pipelineCache) return;
  const read = Object.getOwnPropertyDescriptor(backend, 'getBufferData');
  backend.getBufferData = async () => new ArrayBuffer(0);
  tf.env().set(COMPILE_ONLY, true);
  try {
    await run();
    done.add(key);
  } catch (error) {
    if (isAborted(error)) throw error;
  } finally {
    tf.env().set(COMPILE_ONLY, false);
    if (read) Object.defineProperty(backend, 'getBufferData', read);
    else delete (backend as Partial<Recorder>).getBufferData;
    if (backend.commandEncoder) {
      // Weights, which the walk has uploaded.
      backend.endComputePassEncoder();
      backend.submitQueue();
    }
    await settle(backend.pipelineCache);
  }
}

/** Waits for every pipeline under way; one that cannot be made is left to the real run. */
async function settle(cache: Recorder['pipelineCache']): Promise<void> {
  const open = Object.entries(cache).filter(([, pipeline]) => pipeline instanceof Promise);
  await Promise.all(
    open.map(async ([key, pipeline]) => {
      try {
        cache[key] = await pipeline;
      } catch {
        delete cache[key];
      }
    }),
  );
}

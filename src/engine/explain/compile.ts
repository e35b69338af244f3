import { isAborted } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { Network } from './network.ts';

/** The inside of tfjs's WebGPU backend (4.22) that compiling ahead needs. */
interface Compiler {
  readonly pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;
  readonly commandEncoder: GPUCommandEncoder | null;
  getBufferData: (buffer: GPUBuffer) => Promise<ArrayBuffer>;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

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
  const backend = tf.backend() as unknown as Compiler;
  if (!backend.pipelineCache) return;
  const read = Object.getOwnPropertyDescriptor(backend, 'getBufferData');
  backend.getBufferData = async () => new ArrayBuffer(0);
  tf.env().set('WEBGPU_ENGINE_COMPILE_ONLY', true);
  try {
    await run();
    done.add(key);
  } catch (error) {
    if (isAborted(error)) throw error;
  } finally {
    tf.env().set('WEBGPU_ENGINE_COMPILE_ONLY', false);
    if (read) Object.defineProperty(backend, 'getBufferData', read);
    else delete (backend as Partial<Compiler>).getBufferData;
    if (backend.commandEncoder) {
      // Weights, which the walk has uploaded.
      backend.endComputePassEncoder();
      backend.submitQueue();
    }
    await settle(backend.pipelineCache);
  }
}

/** Waits for every pipeline under way; one that cannot be made is left to the real run. */
async function settle(cache: Compiler['pipelineCache']): Promise<void> {
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

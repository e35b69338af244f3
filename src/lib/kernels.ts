/**
 * `respond-cam/kernels`: this project's 3D kernels for TensorFlow.js alone. They take the place of TensorFlow.js's
 * own, so layers models, gradients and training use them: convolution, transposed convolution, pooling and batch
 * normalisation of volumes on WebAssembly (threads, SIMD) and WebGPU.
 */
import { kernelThreads, registerFastKernels, startedAlone } from '../engine/kernels/index.ts';
import { registerTransposedGradient } from '../engine/kernels/transposed-gradient.ts';

export { kernelThreads };

/**
 * Call it before anything is computed. The wasm backend it starts itself, in memory that threads can share: one that was
 * started before keeps its memory, the kernels have one thread, and a warning on the console says so. Calling again does
 * nothing. Transposed convolutions, which have no gradient in TensorFlow.js, get one.
 *
 * @param backend also `cpu`, where paddings of strided convolutions are mended
 */
export async function registerKernels(backend: 'wasm' | 'webgpu' | 'cpu'): Promise<void> {
  if (backend === 'wasm' && startedAlone()) {
    console.warn(
      "respond-cam/kernels: the wasm backend was started before, in memory that threads cannot share, so the kernels have one thread; call registerKernels('wasm') in place of tf.setBackend('wasm') for all of them.",
    );
  }
  registerTransposedGradient();
  await registerFastKernels(backend);
}

/**
 * `respond-cam/kernels`: this project's 3D kernels for TensorFlow.js alone. They take the place of TensorFlow.js's
 * own, so layers models, gradients and training use them: convolution, transposed convolution, pooling and batch
 * normalisation of volumes on WebAssembly (threads, SIMD) and WebGPU.
 */
import { kernelThreads, registerFastKernels } from '../engine/kernels/index.ts';
import { registerTransposedGradient } from '../engine/kernels/transposed-gradient.ts';

export { kernelThreads };

/**
 * Call it before anything is computed. The wasm backend it starts itself, in memory that threads can share: one that was
 * started before keeps its memory, and the kernels have one thread. Calling again does nothing. Transposed convolutions,
 * which have no gradient in TensorFlow.js, get one.
 *
 * @param backend also `cpu`, where paddings of strided convolutions are mended
 */
export async function registerKernels(backend: 'wasm' | 'webgpu' | 'cpu'): Promise<void> {
  registerTransposedGradient();
  await registerFastKernels(backend);
}

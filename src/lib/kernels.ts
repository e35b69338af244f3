/**
 * `respond-cam/kernels`: this project's 3D kernels for TensorFlow.js alone. They take the place of TensorFlow.js's
 * own, so layers models, gradients and training use them: convolution, transposed convolution, pooling and batch
 * normalisation of volumes on WebAssembly (threads, SIMD) and WebGPU.
 */
import { kernelThreads, registerFastKernels } from '../engine/kernels/index.ts';
import { registerTransposedGradient } from '../engine/kernels/transposed-gradient.ts';

export { kernelThreads };

/**
 * Call it once the backend is set and ready: `await tf.setBackend('wasm')`. Calling again does nothing. Transposed
 * convolutions, which have no gradient in TensorFlow.js, get one.
 *
 * @param backend also `cpu`, where paddings of strided convolutions are mended
 */
export async function registerKernels(backend: 'wasm' | 'webgpu' | 'cpu'): Promise<void> {
  registerTransposedGradient();
  await registerFastKernels(backend);
}

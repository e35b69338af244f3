import { engine, getKernel, matMul, ones, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';

/** Name of the kernel `relu?(conv3d(x, filter) + bias)`. */
export const FusedConv3D = 'FusedConv3D';

/** Sum over the first axis of x `[rows, columns]`. */
export function sumOfRows(x: Tensor): Tensor {
  if (engine().backendName === 'wasm') return sum(x, 0);
  // A product with a row of ones: tfjs's sum over leading axes transposes first.
  return reshape(matMul(ones([1, x.shape[0]]), x), [-1]);
}

/** Whether the current backend has this project's convolutions, whose gradients take a dilation. */
export function hasFusedKernel(): boolean {
  return getKernel(FusedConv3D, engine().backendName) != null;
}

/** Whether images are best convolved as volumes one voxel deep: tfjs's own wasm kernels for them have one thread. */
export function takesPlanes(): boolean {
  return engine().backendName === 'wasm' && hasFusedKernel();
}

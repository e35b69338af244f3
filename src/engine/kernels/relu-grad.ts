import { engine, getKernel, mul, step, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Name of the kernel `y > 0 ? dy : 0`. `y` may have fewer rows than `dy`, `[V, …]` for `[V C, …]`: each is then
 * for `C` rows behind each other.
 */
export const ReluGrad = 'ReluGrad';

export function hasReluGrad(): boolean {
  return getKernel(ReluGrad, engine().backendName) != null;
}

/** Gradient `dy` behind a ReLU taken in front of it, by the ReLU's output `y`; as many rows, or {@link hasReluGrad}. */
export function reluGrad(dy: Tensor, y: Tensor): Tensor {
  return hasReluGrad() ? engine().runKernel(ReluGrad, { dy, y }) : mul(dy, step(y));
}

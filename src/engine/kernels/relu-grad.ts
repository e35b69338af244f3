import { engine, getKernel, mul, step, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Name of the kernel `y > 0 ? dy : slope * dy`. `y` may have fewer rows than `dy`, `[V, …]` for `[V C, …]`: each is
 * then for `C` rows behind each other.
 */
export const ReluGrad = 'ReluGrad';

export function hasReluGrad(): boolean {
  return getKernel(ReluGrad, engine().backendName) != null;
}

/**
 * Gradient `dy` behind a ReLU, or a leaky one with `slope`, taken in front of it, by its input or output `y`; as many
 * rows, or {@link hasReluGrad}.
 */
export function reluGrad(dy: Tensor, y: Tensor, slope = 0): Tensor {
  return hasReluGrad()
    ? engine().runKernel(ReluGrad, { dy, y }, { slope })
    : mul(dy, step(y, slope));
}

/** Name of the kernel `min(max(x, slope * x), most)` for a slope of at most 1. */
export const Rectify = 'Rectify';

export function hasRectify(): boolean {
  return getKernel(Rectify, engine().backendName) != null;
}

/** Leaky ReLU with an upper end; needs {@link hasRectify}. */
export function rectify(x: Tensor, slope: number, most = Number.POSITIVE_INFINITY): Tensor {
  return engine().runKernel(Rectify, { x }, { slope, most });
}

import { engine, getKernel, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Names of the kernels of a convolution in which every channel has one filter of its own, `[d, h, w, 1, channels]`, and
 * of its input gradient; attributes as of Conv3D's.
 */
export const Depthwise = 'Depthwise3D';
export const DepthwiseGrad = 'Depthwise3DBackpropInput';

export function hasDepthwise(): boolean {
  return getKernel(Depthwise, engine().backendName) != null;
}

/** x `[V, d, h, w, channels]`; needs {@link hasDepthwise}. */
export function depthwise3d(
  x: Tensor,
  filter: Tensor,
  bias: Tensor | undefined,
  sliding: NamedAttrMap,
): Tensor {
  return engine().runKernel(Depthwise, bias ? { x, filter, bias } : { x, filter }, sliding);
}

/** Its gradient for an input of `inputShape`. */
export function depthwise3dInputGrad(
  dy: Tensor,
  filter: Tensor,
  inputShape: readonly number[],
  sliding: NamedAttrMap,
): Tensor {
  const more = { ...sliding, inputShape: [...inputShape] };
  return engine().runKernel(DepthwiseGrad, { dy, filter }, more);
}

import { engine, getKernel, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/** Kernels over the voxels of each channel of values `[rows, …space, channels]`; see `wasm/in-place/channels.ts`. */
export const ChannelMoments = 'ChannelMoments';
export const ChannelDots = 'ChannelDots';
export const NormalizeChannels = 'NormalizeChannels';
export const MixChannels = 'MixChannels';

/** Whether the current backend has all four. */
export function hasChannelKernels(): boolean {
  return getKernel(ChannelMoments, engine().backendName) != null;
}

/** Mean and variance, `[rows, 2, channels]`. */
export function channelMoments(x: Tensor): Tensor {
  return engine().runKernel(ChannelMoments, { x });
}

/**
 * `rectify((x - mean) * scale + shift)`, all three `[volumes, channels]`, one row for several of x; `slope` below 0 of a
 * (leaky) ReLU, 1 of none.
 */
export interface Rectified {
  readonly mean: Tensor;
  readonly scale: Tensor;
  readonly shift: Tensor;
  readonly slope: number;
}

const run = (name: string, tensors: NamedTensorMap, rectified: Rectified | null): Tensor => {
  if (!rectified) return engine().runKernel(name, tensors, {});
  const { mean, scale, shift, slope } = rectified;
  return engine().runKernel(name, { ...tensors, mean, scale, shift }, { slope });
};

/**
 * Means of dy and of dy * x, `[rows of dy, 2, channels]`; x may have one row for several of dy. With `behind`, dy is the
 * gradient behind what that makes of x, and is taken in front of its rectifier first.
 */
export const channelDots = (dy: Tensor, x: Tensor, behind: Rectified | null = null) =>
  run(ChannelDots, { dy, x }, behind);

export const normalizeChannels = (x: Tensor, by: Rectified) => run(NormalizeChannels, { x }, by);

/** `a dy + b x + c` with factors `[rows of dy, 3, channels]`; `behind` as for {@link channelDots}. */
export const mixChannels = (
  dy: Tensor,
  x: Tensor,
  factors: Tensor,
  behind: Rectified | null = null,
) => run(MixChannels, { dy, x, factors }, behind);

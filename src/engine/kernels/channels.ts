import { engine, getKernel, type Tensor } from '@tensorflow/tfjs-core';

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

/** Means of dy and of dy * x, `[rows of dy, 2, channels]`; x may have one row for several of dy. */
export function channelDots(dy: Tensor, x: Tensor): Tensor {
  return engine().runKernel(ChannelDots, { dy, x });
}

/** `(x - mean) * scale + shift`; all three `[volumes, channels]`, one row for several of x. */
export function normalizeChannels(x: Tensor, mean: Tensor, scale: Tensor, shift: Tensor): Tensor {
  return engine().runKernel(NormalizeChannels, { x, mean, scale, shift });
}

/** `a dy + b x + c` with factors `[rows of dy, 3, channels]`. */
export function mixChannels(dy: Tensor, x: Tensor, factors: Tensor): Tensor {
  return engine().runKernel(MixChannels, { dy, x, factors });
}

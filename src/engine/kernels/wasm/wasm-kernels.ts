import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  Add,
  AvgPool3D,
  AvgPool3DGrad,
  BatchMatMul,
  Concat,
  Conv3D,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  FusedBatchNorm,
  Identity,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolGrad,
  PadV2,
  Mean,
  Slice,
  SplitV,
  Sum,
  Tile,
  _FusedMatMul as FusedMatMul,
} from '@tensorflow/tfjs-core';
import { AdamStep } from '../adam-step.ts';
import { registerCamKernels } from '../cam.ts';
import { FusedConv3D } from '../fused-conv3d.ts';
import { ChannelDots, ChannelMoments, MixChannels, NormalizeChannels } from '../channels.ts';
import { Depthwise, DepthwiseGrad } from '../depthwise.ts';
import { MixRows } from '../mix-rows.ts';
import { Rectify, ReluGrad } from '../relu-grad.ts';
import { replaceKernel } from '../replace.ts';
import type { Candidate } from './candidate.ts';
import { inPlaceCam } from './in-place/cam.ts';
import * as inPlace from './in-place/candidates.ts';
import { TensorMemory } from './in-place/tensor-memory.ts';
import type { KernelRuntime } from './runtime.ts';
import * as threaded from './threaded.ts';

/**
 * By tfjs's kernel, what computes it on the `wasm` backend: the first candidate that takes a call. What none takes
 * (other number types, batched products, several axes at once, odd activations) is left to tfjs.
 */
const KERNELS: Readonly<Record<string, readonly Candidate[]>> = {
  [Conv3D]: [threaded.convolution],
  [FusedConv3D]: [threaded.convolution],
  [Conv3DBackpropInputV2]: [inPlace.scatteredInputGradient, threaded.inputGradient],
  [Conv3DBackpropFilterV2]: [threaded.filterGradient],
  [BatchMatMul]: [inPlace.productOfFewRows, threaded.product],
  [FusedMatMul]: [inPlace.productOfFewRows, threaded.product],
  [AvgPool3D]: [inPlace.pooling('avgPool')],
  [AvgPool3DGrad]: [inPlace.poolingGradient('avgPool')],
  [MaxPool3D]: [inPlace.pooling('maxPool')],
  [MaxPool3DGrad]: [inPlace.poolingGradient('maxPool')],
  [MaxPoolGrad]: [inPlace.maxPool2dGradient],
  [FusedBatchNorm]: [inPlace.normalization],
  [Add]: [inPlace.addition],
  [ReluGrad]: [inPlace.reluGradient],
  [Rectify]: [inPlace.rectified],
  [ChannelMoments]: [inPlace.momentsOfChannels],
  [ChannelDots]: [inPlace.dotsOfChannels],
  [NormalizeChannels]: [inPlace.normalizedChannels],
  [MixChannels]: [inPlace.mixedChannels],
  [Depthwise]: [inPlace.depthwiseConvolution],
  [DepthwiseGrad]: [inPlace.depthwiseGradient],
  [PadV2]: [inPlace.constantPadding],
  [Sum]: [inPlace.reduction('sum')],
  [Mean]: [inPlace.reduction('mean')],
  [Concat]: [inPlace.concatenation],
  [Slice]: [inPlace.oneSlice],
  [SplitV]: [inPlace.splitting],
  [Tile]: [inPlace.repetition],
  [MixRows]: [inPlace.mixture],
  [Identity]: [threaded.sharedCopy],
  [AdamStep]: [threaded.stepOfAdam],
};

/** Puts the candidates in front of the own kernels of a backend, in whose memory `runtime` works. */
export function registerWasmKernels(backend: BackendWasm, runtime: KernelRuntime): void {
  const memory = new TensorMemory(backend, runtime);
  registerCamKernels('wasm', inPlaceCam(memory));
  for (const [name, candidates] of Object.entries(KERNELS)) {
    replaceKernel(name, 'wasm', (call, stock) => {
      for (const candidate of candidates) {
        const result = candidate(memory, call);
        if (result) return result;
      }
      return stock(call);
    });
  }
}

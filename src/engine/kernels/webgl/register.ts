import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import {
  AvgPool3D,
  AvgPool3DGrad,
  BatchMatMul,
  Conv3D,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  MaxPool3D,
  MaxPool3DGrad,
  type TensorInfo,
  _FusedMatMul as FusedMatMul,
} from '@tensorflow/tfjs-core';
import { FusedConv3D } from '../fused-conv3d.ts';
import { type ConvAttributes, convInfo, forward, inputGradient, poolInfo } from '../geometry.ts';
import { productOf } from '../products.ts';
import { type Inputs, replaceKernel } from '../replace.ts';
import { convolve } from './conv.ts';
import { type Mode, modeOf } from './draw.ts';
import { filterGradient } from './filter-grad.ts';
import { matMul } from './matmul.ts';
import { avgPool3d, avgPool3dGrad, maxPool3d, maxPool3dGrad } from './pool.ts';

type Run = (gpu: MathBackendWebGL, inputs: Inputs, attrs: unknown) => TensorInfo | undefined;

/**
 * Puts this project's kernels in the place of tfjs's own on its `webgl` backend; what they do not cover (other
 * number types, batched products, odd activations) still runs the stock kernel.
 */
export function registerWebglKernels(mode: (gpu: MathBackendWebGL) => Mode = modeOf): void {
  const replace = (name: string, run: Run) =>
    replaceKernel(name, 'webgl', (call, stock) => {
      const floats = Object.values(call.inputs).every((t) => !t || t.dtype === 'float32');
      const gpu = call.backend as MathBackendWebGL;
      return (floats && run(gpu, call.inputs as Inputs, call.attrs)) || stock(call);
    });

  const convolution: Run = (gpu, { x, filter, bias }, attrs) => {
    const info = convInfo(x.shape, filter.shape, attrs);
    const { relu } = attrs as ConvAttributes;
    return convolve(gpu, forward(info), x, filter, bias, info.outShape, { ...mode(gpu), relu });
  };
  replace(Conv3D, convolution);
  replace(FusedConv3D, convolution);

  replace(Conv3DBackpropInputV2, (gpu, { dy, filter }, attrs) => {
    const { inputShape } = attrs as Required<ConvAttributes>;
    const geometry = inputGradient(convInfo(inputShape, filter.shape, attrs));
    const options = { ...mode(gpu), transposed: true };
    return convolve(gpu, geometry, dy, filter, undefined, inputShape, options);
  });

  replace(Conv3DBackpropFilterV2, (gpu, { x, dy }, attrs) => {
    const { filterShape } = attrs as Required<ConvAttributes>;
    const geometry = forward(convInfo(x.shape, filterShape, attrs));
    return filterGradient(gpu, geometry, x, dy, filterShape, mode(gpu));
  });

  replace(MaxPool3D, (gpu, { x }, attrs) => maxPool3d(gpu, x, poolInfo(x.shape, attrs)));
  replace(AvgPool3D, (gpu, { x }, attrs) => avgPool3d(gpu, x, poolInfo(x.shape, attrs)));
  replace(MaxPool3DGrad, (gpu, { dy, input }, attrs) =>
    maxPool3dGrad(gpu, dy, input, poolInfo(input.shape, attrs)),
  );
  replace(AvgPool3DGrad, (gpu, { dy, input }, attrs) =>
    avgPool3dGrad(gpu, dy, input.shape, poolInfo(input.shape, attrs)),
  );

  const product: Run = (gpu, inputs, attrs) => {
    const asked = productOf(inputs, attrs);
    return asked && matMul(gpu, asked, mode(gpu));
  };
  replace(BatchMatMul, product);
  replace(FusedMatMul, product);
}

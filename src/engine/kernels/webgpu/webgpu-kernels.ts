import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  AvgPool3D,
  AvgPool3DGrad,
  BatchMatMul,
  Conv3D,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  MaxPool3D,
  MaxPool3DGrad,
  Mean,
  Select,
  Sum,
  type TensorInfo,
  util,
  _FusedMatMul as FusedMatMul,
} from '@tensorflow/tfjs-core';
import { FusedConv3D } from '../fused-conv3d.ts';
import { type ConvAttributes, convInfo, forward, inputGradient, poolInfo } from '../geometry.ts';
import { productOf } from '../products.ts';
import { type Call, type Inputs, replaceKernel } from '../replace.ts';
import { avgPool3d, avgPool3dGrad } from './avg-pool3d.ts';
import { registerElementwise } from './broadcast.ts';
import { convolve } from './conv.ts';
import { filterGradient } from './filter-grad.ts';
import { type Form, formOf } from './form.ts';
import { directMatMul } from './matmul-direct.ts';
import { maxPool3d, maxPool3dGrad } from './pool3d.ts';
import { rowsOf, sumRows } from './sum-rows.ts';

/**
 * Puts this project's kernels in the place of tfjs's own on its `webgpu` backend. Matrix products are
 * replaced on software drivers alone; what is not covered still runs the stock kernel.
 */
export function registerWebgpuKernels(form: (backend: WebGPUBackend) => Form = formOf): void {
  const replace = (name: string, run: (call: Call) => TensorInfo | undefined) =>
    replaceKernel(name, 'webgpu', (call, stock) => {
      const floats = Object.values(call.inputs).every((t) => !t || t.dtype === 'float32');
      return (floats && run(call)) || stock(call);
    });

  const convolution = ({ inputs, backend, attrs }: Call) => {
    const { x, filter, bias } = inputs as Inputs;
    const gpu = backend as WebGPUBackend;
    const info = convInfo(x.shape, filter.shape, attrs);
    const relu = (attrs as unknown as ConvAttributes).relu === true;
    const options = { form: form(gpu), relu };
    return convolve(gpu, forward(info), x, filter, bias, info.outShape, options);
  };
  replace(Conv3D, convolution);
  replace(FusedConv3D, convolution);

  replace(Conv3DBackpropInputV2, ({ inputs, backend, attrs }) => {
    const gpu = backend as WebGPUBackend;
    const { dy, filter } = inputs as Inputs;
    const { inputShape } = attrs as unknown as Required<ConvAttributes>;
    const geometry = inputGradient(convInfo(inputShape, filter.shape, attrs));
    const options = { form: form(gpu), transposed: true };
    return convolve(gpu, geometry, dy, filter, undefined, inputShape, options);
  });

  replace(Conv3DBackpropFilterV2, ({ inputs, backend, attrs }) => {
    const gpu = backend as WebGPUBackend;
    const { x, dy } = inputs as Inputs;
    const { filterShape } = attrs as unknown as Required<ConvAttributes>;
    const geometry = forward(convInfo(x.shape, filterShape, attrs));
    return filterGradient(gpu, geometry, x, dy, filterShape, form(gpu));
  });

  replace(MaxPool3D, ({ inputs, backend, attrs }) => {
    const { x } = inputs as Inputs;
    return maxPool3d(backend as WebGPUBackend, x, poolInfo(x.shape, attrs));
  });

  replace(MaxPool3DGrad, ({ inputs, backend, attrs }) => {
    const { dy, input } = inputs as Inputs;
    return maxPool3dGrad(backend as WebGPUBackend, dy, input, poolInfo(input.shape, attrs));
  });

  replace(AvgPool3D, ({ inputs, backend, attrs }) => {
    const { x } = inputs as Inputs;
    return avgPool3d(backend as WebGPUBackend, x, poolInfo(x.shape, attrs));
  });

  replace(AvgPool3DGrad, ({ inputs, backend, attrs }) => {
    const { dy, input } = inputs as Inputs;
    const info = poolInfo(input.shape, attrs);
    return avgPool3dGrad(backend as WebGPUBackend, dy, input.shape, info);
  });

  for (const name of [Sum, Mean]) {
    replace(name, ({ inputs, backend, attrs }) => {
      const { x } = inputs as Inputs;
      const { axis, keepDims = false } = attrs as { axis?: number | number[]; keepDims?: boolean };
      const rows = rowsOf(x.shape, axis, keepDims);
      return rows && sumRows(backend as WebGPUBackend, x, rows, name === Mean ? rows.rows : 1);
    });
  }

  const matMul = ({ inputs, backend, attrs }: Call) => {
    const gpu = backend as WebGPUBackend;
    const own = form(gpu);
    const product = own.name === 'direct' && productOf(inputs as Inputs, attrs);
    return product ? directMatMul(gpu, product, own) : undefined;
  };
  replace(BatchMatMul, matMul);
  replace(FusedMatMul, matMul);

  registerElementwise();

  // tfjs's kernel stops at rank 4; where all shapes agree, elements can be taken in a row.
  replaceKernel(Select, 'webgpu', (call, stock) => {
    const { condition, t, e } = call.inputs as Inputs;
    const same = util.arraysEqual(condition.shape, t.shape) && util.arraysEqual(t.shape, e.shape);
    if (t.shape.length < 5 || !same) return stock(call);
    const row = (tensor: TensorInfo) => ({ ...tensor, shape: [util.sizeFromShape(t.shape)] });
    const picked = stock({ ...call, inputs: { condition: row(condition), t: row(t), e: row(e) } });
    return { ...picked, shape: t.shape };
  });
}

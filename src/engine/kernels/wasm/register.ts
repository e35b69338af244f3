import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  BatchMatMul,
  Conv3D,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  Identity,
  type TensorInfo,
  _FusedMatMul as FusedMatMul,
} from '@tensorflow/tfjs-core';
import { FusedConv3D } from '../fused-conv3d.ts';
import { type ConvAttributes, convInfo } from '../geometry.ts';
import { productOf } from '../products.ts';
import { type Inputs, replaceKernel } from '../replace.ts';
import { AdamStep } from '../adam-step.ts';
import { type AdamFactors, adamStep } from './adam.ts';
import type { Filter } from './filters.ts';
import { conv3d, conv3dInputGrad } from './conv3d.ts';
import { conv3dFilterGrad } from './filter-grad.ts';
import { finish, matMul } from './matmul.ts';
import type { KernelRuntime } from './runtime.ts';
import {
  suitsWinograd,
  winogradConv3d,
  winogradFilterGrad,
  winogradInputGrad,
} from './winograd3d.ts';

/**
 * Puts this project's kernels in the place of tfjs's own on its `wasm` backend. What the fast kernels do
 * not cover (other number types, batched products, odd activations) still runs the stock kernel.
 */
export function registerWasmKernels(runtime: KernelRuntime): void {
  const replace = (name: string, run: Parameters<typeof replaceKernel>[2]) =>
    replaceKernel(name, 'wasm', run);
  const floats = (backend: BackendWasm, tensor: TensorInfo) =>
    backend.typedArrayFromHeap(tensor) as Float32Array;

  replace(Conv3D, ({ inputs, backend, attrs }) => {
    const { x, filter } = inputs as Inputs;
    return convolution(runtime, backend as BackendWasm, x, filter, undefined, attrs);
  });

  replace(FusedConv3D, ({ inputs, backend, attrs }) => {
    const { x, filter, bias } = inputs as Inputs;
    return convolution(runtime, backend as BackendWasm, x, filter, bias, attrs);
  });

  replace(Conv3DBackpropInputV2, ({ inputs, backend, attrs }) => {
    const wasm = backend as BackendWasm;
    const { dy, filter } = inputs as Inputs;
    const { inputShape } = attrs as unknown as Required<ConvAttributes>;
    const info = convInfo(inputShape, filter.shape, attrs);
    const dx = wasm.makeOutput(inputShape, 'float32');
    const run = suitsWinograd(info, 'convolution') ? winogradInputGrad : conv3dInputGrad;
    const kept = keptFilter(wasm, filter);
    runtime.operate(() => run(runtime, floats(wasm, dy), kept, floats(wasm, dx), info));
    return dx;
  });

  replace(Conv3DBackpropFilterV2, ({ inputs, backend, attrs }) => {
    const wasm = backend as BackendWasm;
    const { x, dy } = inputs as Inputs;
    const { filterShape } = attrs as unknown as Required<ConvAttributes>;
    const info = convInfo(x.shape, filterShape, attrs);
    const dw = wasm.makeOutput(filterShape, 'float32');
    const run = suitsWinograd(info, 'filterGradient') ? winogradFilterGrad : conv3dFilterGrad;
    runtime.operate(() => run(runtime, floats(wasm, x), floats(wasm, dy), floats(wasm, dw), info));
    return dw;
  });

  // tfjs copies; everything else here shares its data by counting references.
  replace(Identity, ({ inputs, backend }) => {
    const { x } = inputs as Inputs;
    (backend as BackendWasm).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });

  replace(AdamStep, ({ inputs, backend, attrs }) => {
    const { w, m, v, g } = inputs as Inputs;
    const wasm = backend as BackendWasm;
    const view = (tensor: TensorInfo) => floats(wasm, tensor);
    runtime.filters.written(wasm.dataIdMap.get(w.dataId));
    runtime.operate(() =>
      adamStep(runtime, view(w), view(m), view(v), view(g), attrs as unknown as AdamFactors),
    );
    return [];
  });

  for (const name of [BatchMatMul, FusedMatMul]) {
    replace(name, (call, stock) => {
      const product = productOf(call.inputs as Inputs, call.attrs);
      if (!product) return stock(call);
      const wasm = call.backend as BackendWasm;
      const { a, b, bias, relu } = product;
      const out = wasm.makeOutput(product.outShape, 'float32');
      const view = (tensor: TensorInfo) => floats(wasm, tensor);
      runtime.operate(() => matMul(runtime, view(a), view(b), view(out), product));
      finish(view(out), bias && view(bias), relu);
      return out;
    });
  }
}

function convolution(
  runtime: KernelRuntime,
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  attrs: unknown,
): TensorInfo {
  const info = convInfo(x.shape, filter.shape, attrs);
  const y = backend.makeOutput(info.outShape, 'float32');
  const view = (tensor: TensorInfo) => backend.typedArrayFromHeap(tensor) as Float32Array;
  const run = suitsWinograd(info, 'convolution') ? winogradConv3d : conv3d;
  const epilogue = { bias: bias && view(bias), relu: (attrs as ConvAttributes).relu === true };
  const kept = keptFilter(backend, filter);
  runtime.operate(() => run(runtime, view(x), kept, view(y), info, epilogue));
  return y;
}

/** The filter under the record that tfjs keeps of its data: a new one wherever the data is new or was moved. */
function keptFilter(backend: BackendWasm, { dataId, ...tensor }: TensorInfo): Filter {
  const values = backend.typedArrayFromHeap({ dataId, ...tensor }) as Float32Array;
  const data = backend.dataIdMap;
  const key = data.get(dataId);
  return { values, key, alive: () => data.has(dataId) && data.get(dataId) === key };
}

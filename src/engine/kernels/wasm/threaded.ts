import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dataRecords } from '../../tfjs-internals.ts';
import { type ConvAttributes, convInfo } from '../geometry.ts';
import { productOf } from '../products.ts';
import type { Inputs } from '../replace.ts';
import { type AdamFactors, adamStep } from './adam.ts';
import type { Candidate } from './candidate.ts';
import { conv3d, conv3dInputGrad } from './conv3d.ts';
import { conv3dFilterGrad } from './filter-grad.ts';
import type { Filter } from './filters.ts';
import { finish, matMul } from './matmul.ts';
import {
  suitsWinograd,
  winogradConv3d,
  winogradFilterGrad,
  winogradInputGrad,
} from './winograd3d.ts';

/** With a bias and a ReLU where the call has them. */
export const convolution: Candidate = ({ backend, runtime }, { inputs, attrs }) => {
  const { x, filter, bias } = inputs as Inputs;
  const info = convInfo(x.shape, filter.shape, attrs);
  const y = backend.makeOutput(info.outShape, 'float32');
  const run = suitsWinograd(info, 'convolution') ? winogradConv3d : conv3d;
  const { relu } = attrs as unknown as ConvAttributes;
  const epilogue = { bias: bias && floats(backend, bias), relu: relu === true };
  const kept = keptFilter(backend, filter);
  runtime.operate(() => run(runtime, floats(backend, x), kept, floats(backend, y), info, epilogue));
  return y;
};

export const inputGradient: Candidate = ({ backend, runtime }, { inputs, attrs }) => {
  const { dy, filter } = inputs as Inputs;
  const { inputShape } = attrs as unknown as Required<ConvAttributes>;
  const info = convInfo(inputShape, filter.shape, attrs);
  const dx = backend.makeOutput(inputShape, 'float32');
  const run = suitsWinograd(info, 'convolution') ? winogradInputGrad : conv3dInputGrad;
  const kept = keptFilter(backend, filter);
  runtime.operate(() => run(runtime, floats(backend, dy), kept, floats(backend, dx), info));
  return dx;
};

export const filterGradient: Candidate = ({ backend, runtime }, { inputs, attrs }) => {
  const { x, dy } = inputs as Inputs;
  const { filterShape } = attrs as unknown as Required<ConvAttributes>;
  const info = convInfo(x.shape, filterShape, attrs);
  const dw = backend.makeOutput(filterShape, 'float32');
  const run = suitsWinograd(info, 'filterGradient') ? winogradFilterGrad : conv3dFilterGrad;
  runtime.operate(() =>
    run(runtime, floats(backend, x), floats(backend, dy), floats(backend, dw), info),
  );
  return dw;
};

export const product: Candidate = ({ backend, runtime }, { inputs, attrs }) => {
  const asked = productOf(inputs as Inputs, attrs);
  if (!asked) return undefined;
  const { a, b, bias, relu, outShape } = asked;
  const out = backend.makeOutput(outShape, 'float32');
  runtime.operate(() =>
    matMul(runtime, floats(backend, a), floats(backend, b), floats(backend, out), asked),
  );
  finish(floats(backend, out), bias && floats(backend, bias), relu);
  return out;
};

export const stepOfAdam: Candidate = ({ backend, runtime }, { inputs, attrs }) => {
  const { w, m, v, g } = inputs as Inputs;
  const view = (tensor: TensorInfo) => floats(backend, tensor);
  runtime.filters.written(dataRecords(backend).get(w.dataId));
  runtime.operate(() =>
    adamStep(runtime, view(w), view(m), view(v), view(g), attrs as unknown as AdamFactors),
  );
  return [];
};

/** tfjs copies; everything else here shares its data by counting references. */
export const sharedCopy: Candidate = ({ backend }, { inputs }) => {
  const { dataId, shape, dtype } = (inputs as Inputs).x;
  backend.incRef(dataId);
  return { dataId, shape, dtype };
};

function floats(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** The filter under the record that tfjs keeps of its data. */
function keptFilter(backend: BackendWasm, filter: TensorInfo): Filter {
  const { dataId } = filter;
  const records = dataRecords(backend);
  const key = records.get(dataId);
  const alive = () => records.has(dataId) && records.get(dataId) === key;
  return { values: floats(backend, filter), key, alive };
}

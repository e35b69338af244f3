import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { dataRecords } from '../../tfjs-internals.ts';
import { type ConvAttributes, convInfo } from '../geometry.ts';
import { productOf } from '../products.ts';
import type { Inputs } from '../replace.ts';
import { type AdamFactors, adamStep } from './adam.ts';
import type { Candidate } from './candidate.ts';
import { conv3d, conv3dInputGrad } from './conv3d.ts';
import { conv3dFilterGrad } from './filter-grad.ts';
import type { Filter } from './filters.ts';
import type { TensorMemory } from './in-place/tensor-memory.ts';
import { finish, matMul } from './matmul.ts';
import {
  suitsWinograd,
  winogradConv3d,
  winogradFilterGrad,
  winogradInputGrad,
} from './winograd3d.ts';

/** With a bias and a ReLU where the call has them. */
export const convolution: Candidate = (memory, { inputs, attrs }) => {
  const { x, filter, bias } = inputs as Inputs;
  const info = convInfo(x.shape, filter.shape, attrs);
  const y = memory.output(info.outShape);
  const run = suitsWinograd(info, 'convolution') ? winogradConv3d : conv3d;
  const { relu } = attrs as unknown as ConvAttributes;
  const epilogue = { bias: bias ? memory.at(bias) : 0, relu: relu === true };
  const { runtime } = memory;
  const kept = keptFilter(memory, filter);
  runtime.operate(() => run(runtime, memory.at(x), kept, memory.at(y), info, epilogue));
  return y;
};

export const inputGradient: Candidate = (memory, { inputs, attrs }) => {
  const { dy, filter } = inputs as Inputs;
  const { inputShape } = attrs as unknown as Required<ConvAttributes>;
  const info = convInfo(inputShape, filter.shape, attrs);
  const dx = memory.output(inputShape);
  const run = suitsWinograd(info, 'convolution') ? winogradInputGrad : conv3dInputGrad;
  const { runtime } = memory;
  const kept = keptFilter(memory, filter);
  runtime.operate(() => run(runtime, memory.at(dy), kept, memory.at(dx), info));
  return dx;
};

export const filterGradient: Candidate = (memory, { inputs, attrs }) => {
  const { x, dy } = inputs as Inputs;
  const { filterShape } = attrs as unknown as Required<ConvAttributes>;
  const info = convInfo(x.shape, filterShape, attrs);
  const dw = memory.output(filterShape);
  const run = suitsWinograd(info, 'filterGradient') ? winogradFilterGrad : conv3dFilterGrad;
  const { runtime } = memory;
  runtime.operate(() => run(runtime, memory.at(x), memory.at(dy), memory.at(dw), info));
  return dw;
};

export const product: Candidate = (memory, { inputs, attrs }) => {
  const asked = productOf(inputs as Inputs, attrs);
  if (!asked) return undefined;
  const { a, b, bias, relu, outShape } = asked;
  const out = memory.output(outShape);
  const { runtime } = memory;
  runtime.operate(() => matMul(runtime, memory.at(a), memory.at(b), memory.at(out), asked));
  finish(memory.values(out), bias && memory.values(bias), relu);
  return out;
};

export const stepOfAdam: Candidate = (memory, { inputs, attrs }) => {
  const { w, m, v, g } = inputs as Inputs;
  const { runtime } = memory;
  runtime.filters.written(dataRecords(memory.backend).get(w.dataId));
  const [WEIGHTS, FIRST, SECOND, GRADIENT] = [w, m, v, g].map((tensor) => memory.at(tensor));
  const at = { WEIGHTS, FIRST, SECOND, GRADIENT };
  const factors = attrs as unknown as AdamFactors;
  runtime.operate(() => adamStep(runtime, at, util.sizeFromShape(w.shape), factors));
  return [];
};

/** tfjs copies; everything else here shares its data by counting references. */
export const sharedCopy: Candidate = ({ backend }, { inputs }) => {
  const { dataId, shape, dtype } = (inputs as Inputs).x;
  backend.incRef(dataId);
  return { dataId, shape, dtype };
};

/** The filter under the record that tfjs keeps of its data. */
function keptFilter(memory: TensorMemory, filter: TensorInfo): Filter {
  const { dataId } = filter;
  const records = dataRecords(memory.backend);
  const key = records.get(dataId);
  const alive = () => records.has(dataId) && records.get(dataId) === key;
  return { at: memory.at(filter), key, alive };
}

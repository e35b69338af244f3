import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  type Conv3DInfo,
  type ConvAttributes,
  convInfo,
  forward,
  inputGradient,
  maxPool2dGeometry,
  poolInfo,
} from '../../geometry.ts';
import { productOf } from '../../products.ts';
import type { Inputs } from '../../replace.ts';
import type { Candidate } from '../candidate.ts';
import { finish } from '../matmul.ts';
import { batchNorm } from './batch-norm.ts';
import { channelDots, channelMoments, mixChannels, normalizeChannels } from './channels.ts';
import { fewRows } from './dense.ts';
import { depthwise } from './depthwise.ts';
import { pool3d, pool3dGrad } from './pool3d.ts';
import { concat, mix, pad, slice, split, tile } from './rows.ts';
import { scatterGrad } from './scatter.ts';
import { reduce } from './sums.ts';
import { elementParts } from './tensor-memory.ts';

/** Up to so many input channels a convolution's gradient is made window by window. */
const FEW_CHANNELS = 2;

export const pooling =
  (kind: 'avgPool' | 'maxPool'): Candidate =>
  (memory, { inputs, attrs }) => {
    const { x } = inputs as Inputs;
    return pool3d(memory, kind, x, forward(poolInfo(x.shape, attrs)));
  };

export const poolingGradient =
  (kind: 'avgPool' | 'maxPool'): Candidate =>
  (memory, { inputs, attrs }) => {
    const { dy, input } = inputs as Inputs;
    return pool3dGrad(memory, kind, dy, input, forward(poolInfo(input.shape, attrs)));
  };

/**
 * Of pooling in 2D: tfjs's wasm kernel (4.22) gives the gradient of a window without a positive element, common after
 * a ReLU, to the first pixel of the whole tensor.
 */
export const maxPool2dGradient: Candidate = (memory, { inputs, attrs }) => {
  const { dy, input } = inputs as Inputs;
  return pool3dGrad(memory, 'maxPool', dy, input, maxPool2dGeometry(input.shape, attrs));
};

export const scatteredInputGradient: Candidate = (memory, { inputs, attrs }) => {
  const { dy, filter } = inputs as Inputs;
  const { inputShape } = attrs as unknown as Required<ConvAttributes>;
  const info = convInfo(inputShape, filter.shape, attrs);
  return inputShape[4] <= FEW_CHANNELS || areApart(info)
    ? scatterGrad(memory, dy, filter, info)
    : undefined;
};

/** Whether no two windows overlap though they move, as in a transposed convolution that doubles a volume. */
function areApart(info: Conv3DInfo): boolean {
  const pairs = [
    [info.strideDepth, info.effectiveFilterDepth],
    [info.strideHeight, info.effectiveFilterHeight],
    [info.strideWidth, info.effectiveFilterWidth],
  ];
  return pairs.every(([stride, window]) => stride >= window && stride > 1);
}

export const productOfFewRows: Candidate = (memory, { inputs, attrs }) => {
  const product = productOf(inputs as Inputs, attrs);
  const y = product && fewRows(memory, product);
  if (!y) return undefined;
  finish(memory.values(y), product.bias && memory.values(product.bias), product.relu);
  return y;
};

export const normalization: Candidate = (memory, { inputs, attrs }) => {
  const { x, ...statistics } = inputs as Record<
    'x' | 'mean' | 'variance' | 'offset' | 'scale',
    TensorInfo
  >;
  const { varianceEpsilon } = attrs as { varianceEpsilon: number };
  return batchNorm(memory, x, statistics, varianceEpsilon);
};

export const reduction =
  (kind: 'sum' | 'mean'): Candidate =>
  (memory, { inputs, attrs }) => {
    const { axis, keepDims } = attrs as { axis: number | number[]; keepDims?: boolean };
    return reduce(memory, kind, (inputs as Inputs).x, axis, keepDims === true);
  };

export const concatenation: Candidate = (memory, { inputs, attrs }) => {
  const { axis } = attrs as { axis: number };
  return concat(memory, inputs as unknown as TensorInfo[], axis);
};

export const oneSlice: Candidate = (memory, { inputs, attrs }) => {
  const { begin, size } = attrs as { begin: number[]; size: number[] };
  return slice(memory, (inputs as Inputs).x, begin, size);
};

export const splitting: Candidate = (memory, { inputs, attrs }) => {
  const { numOrSizeSplits, axis } = attrs as { numOrSizeSplits: number | number[]; axis: number };
  return split(memory, (inputs as Inputs).x, numOrSizeSplits, axis);
};

export const mixture: Candidate = (memory, { inputs, attrs }) =>
  mix(memory, (inputs as Inputs).x, attrs as Parameters<typeof mix>[2]);

export const repetition: Candidate = (memory, { inputs, attrs }) => {
  const { reps } = attrs as { reps: number[] };
  return tile(memory, (inputs as Inputs).x, reps);
};

export const reluGradient: Candidate = (memory, { inputs, attrs }) => {
  const { dy, y } = inputs as Inputs;
  const { slope } = attrs as { slope: number };
  const dx = memory.output(dy.shape);
  const volumes = y.shape[0] ?? 1;
  const count = util.sizeFromShape(y.shape) / volumes;
  const rows = util.sizeFromShape(dy.shape) / count;
  const [gradient, value, result] = [dy, y, dx].map((one) => memory.at(one));
  const parts = elementParts(count);
  const calls = Array.from({ length: rows }, (_, row) =>
    parts.map(({ first, count: some }) => {
      const own = value + (Math.floor((row * volumes) / rows) * count + first) * 4;
      const at = (row * count + first) * 4;
      return [gradient + at, own, result + at, some, slope];
    }),
  );
  memory.runEach('reluGrad', calls.flat());
  return dx;
};

export const rectified: Candidate = (memory, { inputs, attrs }) => {
  const { x } = inputs as Inputs;
  const { slope, most } = attrs as { slope: number; most: number };
  const y = memory.output(x.shape);
  const [from, to] = [memory.at(x), memory.at(y)];
  memory.runEach(
    'rectify',
    elementParts(util.sizeFromShape(x.shape)).map(({ first, count }) => {
      return [from + first * 4, to + first * 4, count, slope, most];
    }),
  );
  return y;
};

/** Of two of one shape. */
export const addition: Candidate = (memory, { inputs }) => {
  const { a, b } = inputs as Inputs;
  const alike = a.shape.join() === b.shape.join() && a.dtype === b.dtype;
  if (!alike || a.dtype !== 'float32') return undefined;
  const y = memory.output(a.shape);
  const [left, right, sum] = [a, b, y].map((one) => memory.at(one));
  memory.runEach(
    'add',
    elementParts(util.sizeFromShape(a.shape)).map(({ first, count }) => {
      return [left + first * 4, right + first * 4, sum + first * 4, count];
    }),
  );
  return y;
};

export const momentsOfChannels: Candidate = (memory, { inputs }) =>
  channelMoments(memory, (inputs as Inputs).x);

/** The rectifier that dy is behind, where there is one. */
function behindOf({ inputs, attrs }: Parameters<Candidate>[1]) {
  const { mean, scale, shift } = inputs as Inputs;
  const { slope } = attrs as { slope?: number };
  return mean && { mean, scale, shift, slope: slope as number };
}

export const dotsOfChannels: Candidate = (memory, call) => {
  const { dy, x } = call.inputs as Inputs;
  return channelDots(memory, dy, x, behindOf(call));
};

export const normalizedChannels: Candidate = (memory, call) =>
  normalizeChannels(memory, (call.inputs as Inputs).x, behindOf(call));

export const mixedChannels: Candidate = (memory, call) => {
  const { dy, x, factors } = call.inputs as Inputs;
  return mixChannels(memory, dy, x, factors, behindOf(call));
};

export const depthwiseConvolution: Candidate = (memory, { inputs, attrs }) => {
  const { x, filter, bias } = inputs as Inputs;
  return depthwise(memory, x, filter, bias, forward(depthwiseInfo(x.shape, filter.shape, attrs)));
};

export const depthwiseGradient: Candidate = (memory, { inputs, attrs }) => {
  const { dy, filter } = inputs as Inputs;
  const { inputShape } = attrs as unknown as Required<ConvAttributes>;
  const g = inputGradient(depthwiseInfo(inputShape, filter.shape, attrs));
  return depthwise(memory, dy, filter, undefined, g);
};

/** Geometry alone: filter `[…window, 1, channels]`. */
const depthwiseInfo = (xShape: number[], filterShape: number[], attrs: unknown) =>
  convInfo(xShape, [...filterShape.slice(0, 3), filterShape[4], filterShape[4]], attrs);

export const constantPadding: Candidate = (memory, { inputs, attrs }) => {
  const { paddings, constantValue } = attrs as {
    paddings: [number, number][];
    constantValue: number;
  };
  return pad(memory, (inputs as Inputs).x, paddings, constantValue);
};

import type { Value } from './builder.ts';
import type { Context } from './context.ts';
import { activation, cast, clip, mask, shrink, softmax, sqrt } from './rows/activation.ts';
import { arithmetic, power, prelu, variadic, where } from './rows/arithmetic.ts';
import { conv, convTranspose } from './rows/convolution.ts';
import { gemm, matMul } from './rows/linear.ts';
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
} from './rows/normalization.ts';
import { averagePool, maxPool } from './rows/pooling.ts';
import { argMax, globalPool, reduce } from './rows/reduce.ts';
import { resize, upsample } from './rows/resize.ts';
import {
  concat,
  depthToSpace,
  expand,
  flatten,
  gather,
  pad,
  reshape,
  slice,
  spaceToDepth,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from './rows/shape.ts';

/** Takes one node of the file over; gives the values of its outputs, the first one alone where it is the only one. */
export type Row = (context: Context) => Value | readonly Value[];

const identity: Row = (context) => context.alias(context.data(0));

/** Standard operators that can be differentiated, or that only look at shapes. */
export const ROWS: Readonly<Record<string, Row>> = {
  Abs: activation(() => ({ kind: 'abs' })),
  Add: arithmetic('add'),
  ArgMax: argMax,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  CastLike: cast,
  Celu: activation((attrs) => ({ kind: 'celu', alpha: attrs.float('alpha', 1) })),
  Clip: clip,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  DepthToSpace: depthToSpace,
  Div: arithmetic('divide'),
  Dropout: identity,
  Elu: activation((attrs) => ({ kind: 'elu', alpha: attrs.float('alpha', 1) })),
  Equal: mask,
  Erf: activation(() => ({ kind: 'erf' })),
  Exp: activation(() => ({ kind: 'exp' })),
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Gelu: activation((attrs) => ({
    kind: 'gelu',
    form: attrs.text('approximate', 'none') === 'tanh' ? 'tanh' : 'exact',
  })),
  Gemm: gemm,
  GlobalAveragePool: globalPool('mean'),
  GlobalMaxPool: globalPool('max'),
  Greater: mask,
  GreaterOrEqual: mask,
  GroupNormalization: groupNormalization,
  HardSigmoid: activation((attrs) => ({
    kind: 'hardSigmoid',
    slope: attrs.float('alpha', 0.2),
    offset: attrs.float('beta', 0.5),
  })),
  HardSwish: activation(() => ({ kind: 'hardSilu', slope: 1 / 6, offset: 0.5 })),
  Identity: identity,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  LeakyRelu: activation((attrs) => ({ kind: 'leakyRelu', slope: attrs.float('alpha', 0.01) })),
  Less: mask,
  LessOrEqual: mask,
  Log: activation(() => ({ kind: 'log' })),
  LogSoftmax: softmax(true),
  MatMul: matMul,
  Max: variadic('maximum'),
  MaxPool: maxPool,
  Mean: variadic('average'),
  Min: variadic('minimum'),
  Mish: activation(() => ({ kind: 'mish' })),
  Mul: arithmetic('multiply'),
  Neg: activation(() => ({ kind: 'negative' })),
  PRelu: prelu,
  Pad: pad,
  Pow: power,
  Reciprocal: activation(() => ({ kind: 'reciprocal' })),
  ReduceL2: reduce('l2'),
  ReduceMax: reduce('max'),
  ReduceMean: reduce('mean'),
  ReduceMin: reduce('min'),
  ReduceSum: reduce('sum'),
  Relu: activation(() => ({ kind: 'relu' })),
  Reshape: reshape,
  Resize: resize,
  // The defaults are PyTorch's numbers, which the graph's operator has built in.
  Selu: activation(() => ({ kind: 'selu' })),
  Shrink: shrink,
  Sigmoid: activation(() => ({ kind: 'sigmoid' })),
  Slice: slice,
  Softmax: softmax(false),
  Softplus: activation(() => ({ kind: 'softplus' })),
  Softsign: activation(() => ({ kind: 'softsign' })),
  SpaceToDepth: spaceToDepth,
  Split: split,
  Sqrt: sqrt,
  Squeeze: squeeze,
  Sub: arithmetic('subtract'),
  Sum: variadic('add'),
  Swish: activation(() => ({ kind: 'silu' })),
  Tanh: activation(() => ({ kind: 'tanh' })),
  ThresholdedRelu: activation((attrs) => ({
    kind: 'thresholdedRelu',
    threshold: attrs.float('alpha', 1),
  })),
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Upsample: upsample,
  Where: where,
};

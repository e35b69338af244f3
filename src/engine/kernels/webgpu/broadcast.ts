import {
  Add,
  Equal,
  FloorDiv,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalOr,
  Maximum,
  Minimum,
  Mod,
  Multiply,
  NotEqual,
  Pow,
  RealDiv,
  SquaredDifference,
  Sub,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { type Inputs, replaceKernel } from '../replace.ts';

const BINARY = [
  ...[Add, Sub, Multiply, RealDiv, FloorDiv, Mod, Pow, Maximum, Minimum, SquaredDifference],
  ...[Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual, LogicalAnd, LogicalOr],
];

/**
 * Lets tfjs's elementwise kernels take tensors of rank 5 and above: with a vector as the other operand
 * (a bias, a batch normalisation) their shader does not compile there (tfjs 4.22), and nothing is computed.
 */
export function registerElementwise(): void {
  for (const name of BINARY) {
    replaceKernel(name, 'webgpu', (call, stock) => {
      const { a, b } = call.inputs as Inputs;
      const plain = Math.max(a.shape.length, b.shape.length) < 5 ? undefined : flattened(a, b);
      if (!plain) return stock(call);
      const result = stock({ ...call, inputs: { a: plain.a, b: plain.b } });
      return { ...result, shape: plain.shape };
    });
  }
}

interface Plain {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly shape: number[];
}

/** The same values at a rank that every kernel takes; undefined for other ways to broadcast. */
export function flattened(a: TensorInfo, b: TensorInfo): Plain | undefined {
  const as = (tensor: TensorInfo, shape: number[]) => ({ ...tensor, shape });
  const size = util.sizeFromShape(a.shape);
  if (util.arraysEqual(a.shape, b.shape))
    return { a: as(a, [size]), b: as(b, [size]), shape: a.shape };
  if (a.shape.length < b.shape.length || size < util.sizeFromShape(b.shape)) {
    const turned = flattened(b, a);
    return turned && { a: turned.b, b: turned.a, shape: turned.shape };
  }
  const count = util.sizeFromShape(b.shape);
  if (count === 1) return { a: as(a, [size]), b: as(b, []), shape: a.shape };
  const channels = a.shape[a.shape.length - 1];
  if (count !== channels || b.shape[b.shape.length - 1] !== channels) return undefined;
  // Not as a vector, which tfjs's shader takes through workgroup memory: 50 times slower on SwiftShader.
  return { a: as(a, [size / channels, channels]), b: as(b, [1, channels]), shape: a.shape };
}

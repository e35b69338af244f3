import type { Shape } from '../graph/types.ts';
import { sumOfRows } from '../kernels/fused-conv3d.ts';
import { tf } from '../tf.ts';
import { convolve, inputGradient, slidingOf } from './conv-kernels.ts';
import { type Call, type Op, ShapeError } from './op.ts';
import { channelShare, product } from './rows.ts';
import { type Lifted, liftConv, liftShape, slidingReach, slidingSizes, unlift } from './sliding.ts';

/** The window of a kernel `[…window, in, out]`. */
export const windowOf = (kernel: Shape) => kernel.slice(0, -2);

interface Operands {
  readonly lifted: Lifted;
  /** `[…window, in, out]` with the window of `lifted`. */
  readonly kernel: tf.Tensor;
}

function operands({ attributes, inputs: [x], weights: { kernel } }: Call<'conv'>): Operands {
  const lifted = liftConv(x, windowOf(kernel.shape), attributes);
  return { lifted, kernel: raisedKernel(kernel, lifted) };
}

function raisedKernel(kernel: tf.Tensor, { window }: Lifted): tf.Tensor {
  if (window.length === kernel.rank - 2) return kernel;
  return tf.reshape(kernel, [...window, ...kernel.shape.slice(-2)]);
}

/** A value with one spatial axis gets a second one in front of it. */
export const raise = (y: tf.Tensor) =>
  y.rank === 3 ? tf.reshape(y, [y.shape[0], 1, ...y.shape.slice(1)]) : y;

function run(call: Call<'conv'>, relu: boolean): tf.Tensor {
  const { lifted, kernel } = operands(call);
  const y = convolve(lifted, kernel, call.attributes.groups, { bias: call.weights.bias, relu });
  return call.inputs[0].rank === 3 ? tf.squeeze(y, [1]) : y;
}

export const conv: Op<'conv'> = {
  shape({ attributes, inputs: [x], weights: { kernel, bias } }) {
    const [inner, filters] = kernel.slice(-2);
    const { groups } = attributes;
    if (kernel.length !== x.length + 1 || x.length < 2 || x.length > 4)
      throw new ShapeError(`a kernel [${kernel}] for an input of shape [${x}]`);
    const channels = x[x.length - 1];
    if (inner * groups !== channels || filters % groups !== 0) {
      throw new ShapeError(
        `a kernel from ${inner} to ${filters} channels in ${groups} groups for an input of ${channels} channels`,
      );
    }
    if (bias && product(bias) !== filters)
      throw new ShapeError(`a bias of shape [${bias}] for ${filters} channels`);
    return [...slidingSizes(x.slice(0, -1), windowOf(kernel), attributes), filters];
  },
  forward: (call) => run(call, false),
  withRelu: (call) => run(call, true),
  vjp({ attributes, inputs: [{ shape }], weights: { kernel }, dy, wanted }) {
    if (!wanted[0]) return [null];
    const lifted = liftShape(shape, windowOf(kernel.shape), attributes);
    const raised = raisedKernel(kernel, lifted);
    return [unlift(inputGradient(lifted, raised, attributes.groups, raise(dy)), lifted, shape)];
  },
  bias: ({ weights, dy }) => weights.bias && channelShare(weights.bias, dy),
  weightGradients(call) {
    const { lifted, kernel } = operands(call);
    const attrs = { ...slidingOf(lifted), filterShape: kernel.shape };
    const inputs = { x: lifted.x, dy: raise(call.dy) };
    return {
      kernel: tf.engine().runKernel(tf.Conv3DBackpropFilterV2, inputs, attrs) as tf.Tensor,
      bias: sumOfRows(tf.reshape(call.dy, [-1, call.dy.shape[call.dy.rank - 1]])),
    };
  },
  reach: ({ attributes, weights }) => slidingReach(windowOf(weights.kernel), attributes),
  shown: true,
  view: false,
  reads: () => 'nothing',
};

import type { ConvAttributes } from '../graph/operators.ts';
import { tf } from '../tf.ts';
import { convolve, inputGradient } from './conv-kernels.ts';
import { raise, windowOf } from './conv.ts';
import { type Op, ShapeError } from './op.ts';
import { channelShare, product } from './rows.ts';
import {
  type Lifted,
  liftConv,
  padTensor,
  raisedPads,
  samePads,
  spanOf,
  takesPads,
} from './sliding.ts';

/** Output size along one axis. */
function sizeOf(n: number, axis: number, window: readonly number[], a: ConvAttributes): number {
  const [before, after] = a.pads[axis];
  return (n - 1) * a.strides[axis] + spanOf(window[axis], a.dilations[axis]) - before - after;
}

/**
 * The convolution whose adjoint this is, from the output's grid to the input's; `margins` are what has to be cut
 * off afterwards where its kernel cannot say the padding.
 */
function adjointOf(x: tf.Tensor, kernel: tf.Tensor, a: ConvAttributes) {
  const window = windowOf(kernel.shape);
  const sizes = x.shape.slice(1, -1).map((n, axis) => sizeOf(n, axis, window, a));
  const same = samePads(sizes, window, a.strides, a.dilations);
  const isSame =
    a.pads.every(([b, e], axis) => same[axis][0] === b && same[axis][1] === e) &&
    sizes.every((n, axis) => Math.ceil(n / a.strides[axis]) === x.shape[axis + 1]);
  const any = takesPads(window.length);
  const margins = a.pads.map(([b, e]): [number, number] =>
    isSame || any ? [0, 0] : [b, Math.max(0, e)],
  );
  const space = sizes.map((n, axis) => n + margins[axis][0] + margins[axis][1]);
  const channels = kernel.shape[kernel.rank - 2] * a.groups;
  const single = window.length === 1;
  const lifted: Lifted = {
    // Only its shape is looked at.
    x: { shape: [x.shape[0], ...(single ? [1] : []), ...space, channels] } as tf.Tensor,
    window: single ? [1, ...window] : window,
    strides: single ? [1, ...a.strides] : [...a.strides],
    dilations: single ? [1, ...a.dilations] : [...a.dilations],
    pad: isSame ? 'same' : any ? raisedPads(a.pads) : 'valid',
    margins: null,
  };
  const raised = tf.reshape(kernel, [...lifted.window, ...kernel.shape.slice(-2)]);
  return { lifted, kernel: raised, margins, shape: [x.shape[0], ...sizes, channels] };
}

export const convTranspose: Op<'convTranspose'> = {
  shape({ attributes: a, inputs: [x], weights: { kernel, bias } }) {
    const window = windowOf(kernel);
    const [each, inner] = kernel.slice(-2);
    const channels = x[x.length - 1];
    if (kernel.length !== x.length + 1 || x.length < 2 || x.length > 4)
      throw new ShapeError(`a kernel [${kernel}] for an input of shape [${x}]`);
    if (inner !== channels || channels % a.groups !== 0)
      throw new ShapeError(`a kernel of ${inner} channels for an input of ${channels} channels`);
    if (bias && product(bias) !== each * a.groups)
      throw new ShapeError(`a bias of shape [${bias}] for ${each * a.groups} channels`);
    const sizes = x.slice(0, -1).map((n, axis) => sizeOf(n, axis, window, a));
    if (
      sizes.some((n, axis) => n < 1 || a.pads[axis][0] < 0 || -a.pads[axis][1] >= a.strides[axis])
    )
      throw new ShapeError(`padding [${a.pads.join('], [')}] for an input of shape [${x}]`);
    return [...sizes, each * a.groups];
  },
  forward({ attributes, inputs: [x], weights }) {
    const { lifted, kernel, margins, shape } = adjointOf(x, weights.kernel, attributes);
    const full = inputGradient(lifted, kernel, attributes.groups, raise(x));
    const inner = margins.map(([b, e]) => [-b, -e] as const);
    const y = tf.reshape(full, [x.shape[0], ...full.shape.slice(-x.rank + 1)]);
    const cut = padTensor(y, [[0, 0], ...inner, [0, 0]], 0);
    return tf.reshape(weights.bias ? tf.add(cut, weights.bias) : cut, shape);
  },
  vjp({ attributes, inputs: [x], weights, dy, wanted }) {
    if (!wanted[0]) return [null];
    const { kernel } = weights;
    const lifted = liftConv(dy, windowOf(kernel.shape), attributes);
    const raised = tf.reshape(kernel, [...lifted.window, ...kernel.shape.slice(-2)]);
    const dx = convolve(lifted, raised, attributes.groups, { bias: undefined, relu: false });
    return [tf.reshape(dx, [dy.shape[0], ...x.shape.slice(1)])];
  },
  bias: ({ weights, dy }) => weights.bias && channelShare(weights.bias, dy),
  reach: null,
  shown: true,
  view: false,
  reads: () => 'nothing',
  cheap: true,
};

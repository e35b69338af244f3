import { depthwise3d, depthwise3dInputGrad, hasDepthwise } from '../kernels/depthwise.ts';
import type { Pads } from '../graph/operators.ts';
import { FusedConv3D, hasFusedKernel, takesPlanes } from '../kernels/fused-conv3d.ts';
import { tf } from '../tf.ts';
import { type Depthwise, depthwise, depthwiseInputGradient, spaced } from './depthwise.ts';
import { dilatedInputGradient } from './dilated.ts';
import { type Lifted, type PadWord, samePads, slidingSizes } from './sliding.ts';

/** What is done to the sums of a convolution. */
export interface Epilogue {
  readonly bias: tf.Tensor | undefined;
  readonly relu: boolean;
}

/** `relu?(conv(x, kernel) + bias)` in two or three dimensions; kernel `[…window, in / groups, out]`. */
export function convolve(
  lifted: Lifted,
  kernel: tf.Tensor,
  groups: number,
  { bias, relu }: Epilogue,
): tf.Tensor {
  if (isPlane(lifted) && takesPlanes()) {
    const x = tf.reshape(lifted.x, oneDeep(lifted.x.shape));
    const filter = tf.reshape(kernel, [1, ...kernel.shape]);
    const y = convolve({ ...deepened(lifted), x }, filter, groups, { bias, relu });
    return tf.squeeze(y, [1]);
  }
  if (groups === 1) return plain(lifted, kernel, { bias, relu });
  const channels = lifted.x.shape[lifted.x.rank - 1];
  if (groups === channels && kernel.shape[kernel.rank - 1] === channels && hasDepthwise()) {
    const y = depthwise3d(lifted.x, kernel, bias, slidingOf(lifted));
    return relu ? tf.relu(y) : y;
  }
  if (groups === channels) {
    const conv: Depthwise = { ...lifted, kernel, channels };
    const y = depthwise(padded(lifted), conv, outputSizes(lifted));
    const shifted = bias ? tf.add(y, bias) : y;
    return relu ? tf.relu(shifted) : shifted;
  }
  const xs = tf.split(lifted.x, groups, -1);
  const kernels = tf.split(kernel, groups, -1);
  const biases = bias && tf.split(bias, groups);
  const parts = xs.map((x, g) => plain({ ...lifted, x }, kernels[g], { bias: biases?.[g], relu }));
  return tf.concat(parts, -1);
}

/** The gradient of {@link convolve} without its epilogue, for `lifted.x` with the rows of dy. */
export function inputGradient(
  lifted: Lifted,
  kernel: tf.Tensor,
  groups: number,
  dy: tf.Tensor,
): tf.Tensor {
  if (isPlane(lifted) && takesPlanes()) {
    // Of the input only the shape is looked at.
    const x = { shape: oneDeep(lifted.x.shape) } as tf.Tensor;
    const filter = tf.reshape(kernel, [1, ...kernel.shape]);
    const above = tf.reshape(dy, oneDeep(dy.shape));
    return tf.squeeze(inputGradient({ ...deepened(lifted), x }, filter, groups, above), [1]);
  }
  const shape = [dy.shape[0], ...lifted.x.shape.slice(1)];
  const channels = shape[shape.length - 1];
  if (groups === 1) return plainInputGradient(lifted, kernel, dy, shape);
  if (groups === channels && kernel.shape[kernel.rank - 1] === channels && hasDepthwise())
    return depthwise3dInputGrad(dy, kernel, shape, slidingOf(lifted));
  if (groups === channels) {
    const before = padsOf(lifted);
    const sizes = shape.slice(1, -1).map((n, axis) => n + before[axis][0] + before[axis][1]);
    const dx = depthwiseInputGradient(dy, { ...lifted, kernel, channels }, sizes);
    return tf.slice(dx, [0, ...before.map(([b]) => b), 0], shape);
  }
  const each = [...shape.slice(0, -1), channels / groups];
  const kernels = tf.split(kernel, groups, -1);
  const parts = tf.split(dy, groups, -1);
  return tf.concat(
    parts.map((part, g) => plainInputGradient(lifted, kernels[g], part, each)),
    -1,
  );
}

const isPlane = ({ window }: Lifted) => window.length === 2;
const oneDeep = ([batch, ...rest]: readonly number[]) => [batch, 1, ...rest];

/** The same windows over volumes one voxel deep. */
const deepened = (lifted: Lifted): Lifted => ({
  ...lifted,
  window: [1, ...lifted.window],
  strides: [1, ...lifted.strides],
  dilations: [1, ...lifted.dilations],
  pad: typeof lifted.pad === 'string' ? lifted.pad : [[0, 0], ...lifted.pad],
});

/** As attributes of a kernel. */
export const slidingOf = ({ strides, dilations, pad }: Lifted) => ({
  ...{ strides, dilations },
  pad: typeof pad === 'string' ? pad : pad.map(([before, after]) => [before, after]),
});

/** The padding for tfjs's own kernels, which are given no list. */
const wordOf = ({ pad }: Lifted) => pad as PadWord;

/** Whether the window jumps and has gaps at once, which no kernel of TensorFlow.js does. */
const jumpsWithGaps = ({ strides, dilations }: Lifted) =>
  strides.some((step) => step > 1) && dilations.some((rate) => rate > 1);

function plain(lifted: Lifted, filter: tf.Tensor, epilogue: Epilogue): tf.Tensor {
  const { x, strides, dilations } = lifted;
  const { bias, relu } = epilogue;
  if (jumpsWithGaps(lifted) && !(x.rank === 5 && hasFusedKernel())) {
    const everywhere = { ...lifted, x: padded(lifted), pad: 'valid' as const };
    const y = plain({ ...everywhere, strides: strides.map(() => 1) }, filter, epilogue);
    return tf.stridedSlice(
      y,
      y.shape.map(() => 0),
      y.shape,
      [1, ...strides, 1],
    );
  }
  if (x.rank === 4) {
    return tf.fused.conv2d({
      x: x as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: strides as [number, number],
      dilations: dilations as [number, number],
      pad: wordOf(lifted),
      bias,
      activation: relu ? 'relu' : 'linear',
    });
  }
  if (hasFusedKernel()) {
    const tensors: tf.NamedTensorMap = bias ? { x, filter, bias } : { x, filter };
    return tf.engine().runKernel(FusedConv3D, tensors, { ...slidingOf(lifted), relu });
  }
  const y = tf.conv3d(
    x as tf.Tensor5D,
    filter as tf.Tensor5D,
    strides as [number, number, number],
    wordOf(lifted),
    'NDHWC',
    dilations as [number, number, number],
  );
  // As rows: tfjs's WebGPU shaders broadcast no rank 5.
  const rows = bias && tf.add(tf.reshape(y, [-1, bias.size]), bias);
  const shifted = rows ? tf.reshape(rows, y.shape) : y;
  return relu ? tf.relu(shifted) : shifted;
}

function plainInputGradient(
  lifted: Lifted,
  filter: tf.Tensor,
  dy: tf.Tensor,
  inputShape: number[],
): tf.Tensor {
  const { strides, dilations } = lifted;
  const ours = dy.rank === 5 && hasFusedKernel();
  if (!ours && dilations.some((rate) => rate > 1)) {
    const before = padsOf(lifted).map(([b]) => b);
    const apart = spaced(dy, [...strides, 1]);
    return dilatedInputGradient(apart, filter, inputShape, dilations, before);
  }
  const [name, attrs] =
    dy.rank === 5
      ? [tf.Conv3DBackpropInputV2, { ...slidingOf(lifted), inputShape }]
      : [tf.Conv2DBackpropInput, { strides, pad: wordOf(lifted), dataFormat: 'NHWC', inputShape }];
  return tf.engine().runKernel(name, { dy, filter }, attrs);
}

/** Padding that a kernel adds by itself. */
function padsOf({ x, window, strides, dilations, pad }: Lifted): Pads {
  const space = x.shape.slice(1, -1);
  if (typeof pad !== 'string') return pad;
  return pad === 'same'
    ? samePads(space, window, strides, dilations)
    : space.map(() => [0, 0] as const);
}

function outputSizes(lifted: Lifted) {
  const { x, window } = lifted;
  return slidingSizes(x.shape.slice(1, -1), window, { ...lifted, pads: padsOf(lifted) });
}

function padded(lifted: Lifted): tf.Tensor {
  if (lifted.pad === 'valid') return lifted.x;
  const pads = padsOf(lifted).map(([b, a]): [number, number] => [b, a]);
  return tf.pad(lifted.x, [[0, 0], ...pads, [0, 0]]);
}

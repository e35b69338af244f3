import type { Step } from '../model/graph.ts';
import { hasFusedKernel } from '../kernels/fused-conv3d.ts';
import { tf } from '../tf.ts';
import { repeat, throughActivation } from './activation.ts';
import { callStep } from './call.ts';
import { dilatedInputGradient, windowShare } from './geometry.ts';
import {
  batchNormalization,
  concatenate,
  globalAverage,
  transposedConvolution,
} from './network-rules.ts';
import {
  fields,
  keepIf,
  type Pulled,
  type Rule,
  shareOf,
  type StepValues,
  sumRows,
} from './rule.ts';

/** Affine before its activation: what it adds whatever its input is counts as bias in the ledger. */
const AFFINE = /^(Conv\w*|Dense|DepthwiseConv2D|SeparableConv2D|BatchNormalization(3D)?)$/;
/** Does nothing outside training. */
const IDENTITY =
  /^(Dropout|SpatialDropout\w+|GaussianNoise|GaussianDropout|AlphaDropout|ActivityRegularization)$/;

/**
 * Gradients of `C` class scores of each of `V` volumes through one step: `dy` is `[V C, …output]`, the values
 * `[V, …]` are cached from the forward pass, so that a whole explanation costs one forward pass.
 *
 * `linear` leaves the step's activation out (the scores are taken before the softmax). Max-pooling
 * gives a window's gradient to one winner, also where several elements tie.
 */
export function pullBack(
  step: Step,
  values: StepValues,
  dy: tf.Tensor,
  wanted: readonly boolean[],
  linear: boolean,
): Pulled {
  const kind = step.layer.getClassName();
  if (IDENTITY.test(kind)) return { inputs: [tf.clone(dy)], bias: null };
  if (!AFFINE.test(kind)) return (RULES[kind] ?? generic)(step, values, dy, wanted);

  const { activation } = fields(step);
  const pre =
    linear || !activation
      ? dy
      : throughActivation(activation, dy, values.output, () => callStep(step, values.inputs, true));
  return (affineRule(kind, step) ?? affine)(step, values, pre, wanted);
}

function affineRule(kind: string, step: Step): Rule | undefined {
  if (kind === 'Dense')
    return step.inputs.length === 1 && step.shape.length === 1 ? dense : undefined;
  if (kind === 'BatchNormalization')
    return isLastAxis(fields(step).axis, step.shape.length + 1) ? batchNormalization : undefined;
  return AFFINE_RULES[kind];
}

const dense: Rule = (step, _values, dy, [wanted]) => {
  const { kernel, bias } = fields(step);
  return {
    inputs: [
      keepIf(wanted, () => tf.matMul(dy as tf.Tensor2D, kernel.read() as tf.Tensor2D, false, true)),
    ],
    bias: bias ? tf.sum(tf.mul(dy, bias.read()), 1) : null,
  };
};

const convolution: Rule = (step, { inputs: [x] }, dy, [wanted]) => {
  const { kernel, bias, strides, padding, dilationRate } = fields(step);
  const inputShape = [dy.shape[0], ...x.shape.slice(1)];
  const filter = kernel.read();
  const rates = [dilationRate].flat();
  const dx = () => {
    const ours = x.rank === 5 && hasFusedKernel();
    if (!ours && rates.some((rate) => rate > 1))
      return dilatedInputGradient(dy, filter, inputShape, rates, padding);
    return x.rank === 5
      ? tf
          .engine()
          .runKernel(
            tf.Conv3DBackpropInputV2,
            { dy, filter },
            { strides, pad: padding, dilations: dilationRate, inputShape },
          )
      : tf
          .engine()
          .runKernel(
            tf.Conv2DBackpropInput,
            { dy, filter },
            { strides, pad: padding, dataFormat: 'NHWC', inputShape },
          );
  };
  return {
    inputs: [keepIf(wanted, () => dx() as tf.Tensor)],
    bias: bias ? shareOf(bias.read(), dy) : null,
  };
};

/** Any other affine layer: its constant part is its value at zero. */
const affine: Rule = (step, values, dy, wanted) => {
  const count = dy.shape[0];
  const zeros = values.inputs.map((x) => tf.zeros([1, ...x.shape.slice(1)]));
  const constant = callStep(step, zeros, true);
  const [dx] = wanted[0]
    ? tf.grads((x: tf.Tensor) => callStep(step, [x], true))([repeat(values.inputs[0], count)], dy)
    : [null];
  return { inputs: [dx], bias: sumRows(tf.mul(dy, constant)) };
};

/** Anything else, by the tape. */
const generic: Rule = (step, values, dy, wanted) => {
  // Cloned: a layer may take the same tensor twice, and each use has its own gradient.
  const xs = values.inputs.map((x) => tf.clone(repeat(x, dy.shape[0])));
  const active = xs.filter((_, i) => wanted[i]);
  const run = (...given: tf.Tensor[]) => {
    let next = 0;
    return callStep(
      step,
      xs.map((x, i) => (wanted[i] ? given[next++] : x)),
    );
  };
  const dx = active.length > 0 ? tf.grads(run)(active, dy) : [];
  let next = 0;
  return { inputs: xs.map((_, i) => (wanted[i] ? dx[next++] : null)), bias: null };
};

function pooling(kernelName: string, average = false): Rule {
  return (step, values, dy) => {
    const { poolSize, strides, padding } = fields(step);
    const input = repeat(values.inputs[0], dy.shape[0]);
    const output = repeat(values.output, dy.shape[0]);
    const attrs = { filterSize: poolSize, strides, pad: padding };
    // tfjs averages over the voxels inside, but its gradient divides by the whole window.
    const share =
      average && padding === 'same' ? windowShare(input.shape, output.shape, poolSize, strides) : 1;
    const given = { dy: share === 1 ? dy : tf.div(dy, share), input, output };
    return { inputs: [tf.engine().runKernel(kernelName, given, attrs) as tf.Tensor], bias: null };
  };
}

const reshape: Rule = (_step, { inputs: [x] }, dy) => ({
  inputs: [tf.reshape(dy, [dy.shape[0], ...x.shape.slice(1)])],
  bias: null,
});

const activation: Rule = (step, values, dy) => ({
  inputs: [
    throughActivation(
      fields(step).activation!,
      tf.clone(dy),
      values.output,
      () => values.inputs[0],
    ),
  ],
  bias: null,
});

const add: Rule = (_step, values, dy, wanted) => {
  // Inputs that are broadcast have another shape than the sum; the tape knows how to reduce.
  const same = values.inputs.every((x) => x.size === values.output.size);
  return same
    ? { inputs: values.inputs.map((_, i) => keepIf(wanted[i], () => tf.clone(dy))), bias: null }
    : generic(_step, values, dy, wanted);
};

const RULES: Readonly<Record<string, Rule>> = {
  MaxPooling3D: pooling(tf.MaxPool3DGrad),
  MaxPooling2D: pooling(tf.MaxPoolGrad),
  AveragePooling3D: pooling(tf.AvgPool3DGrad, true),
  AveragePooling2D: pooling(tf.AvgPoolGrad, true),
  Flatten: reshape,
  Reshape: reshape,
  Activation: activation,
  Add: add,
  Concatenate: concatenate,
  GlobalAveragePooling3D: globalAverage,
};

const AFFINE_RULES: Readonly<Record<string, Rule>> = {
  Conv2D: convolution,
  Conv3D: convolution,
  Conv3DTranspose: transposedConvolution,
};

/** Whether `axis`, which may be counted from the end or be a list of one, is the last of `rank`. */
function isLastAxis(axis: number | readonly number[], rank: number): boolean {
  return Number(axis) === -1 || Number(axis) === rank - 1;
}

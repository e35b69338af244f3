import { tf } from '../tf.ts';
import { type Call, type Op, ShapeError } from './op.ts';
import { channelShare, product } from './rows.ts';

function run({ inputs: [x], weights }: Call<'dense'>, relu: boolean): tf.Tensor {
  const [inner, units] = weights.kernel.shape;
  const rows = x.rank === 2 ? x : tf.reshape(x, [-1, inner]);
  const y = tf.fused.matMul({
    a: rows as tf.Tensor2D,
    b: weights.kernel as tf.Tensor2D,
    bias: weights.bias,
    activation: relu ? 'relu' : 'linear',
  });
  return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), units]);
}

export const dense: Op<'dense'> = {
  shape({ inputs: [x], weights: { kernel, bias } }) {
    const [inner, units] = kernel;
    if (kernel.length !== 2 || inner !== x[x.length - 1])
      throw new ShapeError(`a kernel [${kernel}] for an input of shape [${x}]`);
    if (bias && product(bias) !== units)
      throw new ShapeError(`a bias of shape [${bias}] for ${units} units`);
    return [...x.slice(0, -1), units];
  },
  forward: (call) => run(call, false),
  withRelu: (call) => run(call, true),
  vjp({ inputs: [x], weights, dy, wanted }) {
    if (!wanted[0]) return [null];
    const [, units] = weights.kernel.shape;
    const rows = dy.rank === 2 ? dy : tf.reshape(dy, [-1, units]);
    const dx = tf.matMul(rows as tf.Tensor2D, weights.kernel as tf.Tensor2D, false, true);
    return [dy.rank === 2 ? dx : tf.reshape(dx, [dy.shape[0], ...x.shape.slice(1)])];
  },
  bias({ weights, dy }) {
    if (!weights.bias) return undefined;
    return dy.rank === 2 ? tf.sum(tf.mul(dy, weights.bias), 1) : channelShare(weights.bias, dy);
  },
  weightGradients({ inputs: [x], weights, dy }) {
    const [inner, units] = weights.kernel.shape;
    const a = tf.reshape(x, [-1, inner]) as tf.Tensor2D;
    const rows = tf.reshape(dy, [-1, units]) as tf.Tensor2D;
    return {
      kernel: tf.matMul(a, rows, true, false),
      bias: weights.bias && tf.sum(rows, 0),
    };
  },
  reach: null,
  shown: true,
  view: false,
  reads: () => 'nothing',
};

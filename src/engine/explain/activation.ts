import { tf } from '../tf.ts';

/**
 * Derivative of an activation from its output, so that nothing has to be computed again; undefined
 * for an activation whose derivative needs its input.
 */
export function derivativeFromOutput(name: string, output: tf.Tensor): tf.Tensor | undefined {
  switch (name) {
    case 'relu':
      return tf.step(output);
    case 'relu6':
      return tf.mul(tf.step(output), tf.cast(tf.less(output, 6), 'float32'));
    case 'sigmoid':
      return tf.mul(output, tf.sub(1, output));
    case 'tanh':
      return tf.sub(1, tf.square(output));
    case 'elu':
      return tf.add(tf.minimum(output, 0), 1);
    default:
      return undefined;
  }
}

/** Derivative at `[C, …]` gradients `dy` through an elementwise or row-wise activation at `pre`. */
export function throughActivation(
  activation: { apply(x: tf.Tensor): tf.Tensor; getClassName(): string },
  dy: tf.Tensor,
  output: tf.Tensor,
  pre: () => tf.Tensor,
): tf.Tensor {
  const name = activation.getClassName();
  if (name === 'linear') return dy;
  const derivative = derivativeFromOutput(name, output);
  if (derivative) return tf.mul(dy, derivative);
  return tf.grad((x) => activation.apply(x))(repeat(pre(), dy.shape[0]), dy);
}

/** One volume repeated to a batch: `[1, …]` to `[count, …]`; as rows, since GPU kernels tile no rank 5. */
export function repeat(x: tf.Tensor, count: number): tf.Tensor {
  if (count === 1) return x;
  return tf.reshape(tf.tile(tf.reshape(x, [1, x.size]), [count, 1]), [count, ...x.shape.slice(1)]);
}

import { hasReluGrad, reluGrad } from '../kernels/relu-grad.ts';
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

/**
 * Gradients `dy` `[V C, …]` through an elementwise or row-wise activation with `output` `[V, …]`, from `pre`.
 */
export function throughActivation(
  activation: { apply(x: tf.Tensor): tf.Tensor; getClassName(): string },
  dy: tf.Tensor,
  output: tf.Tensor,
  pre: () => tf.Tensor,
): tf.Tensor {
  const name = activation.getClassName();
  if (name === 'linear') return dy;
  if (name === 'relu' && hasReluGrad()) return reluGrad(dy, output);
  const derivative = derivativeFromOutput(name, output);
  if (derivative) return timesValues(dy, derivative);
  return tf.grad((x) => activation.apply(x))(repeat(pre(), dy.shape[0]), dy);
}

/** Gradients `[V C, …]` times what each volume's `C` classes share, `[V, …]`. */
export function timesValues(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const volumes = x.shape[0];
  if (volumes === 1 || volumes === dy.shape[0]) return tf.mul(dy, x);
  const size = x.size / volumes;
  const products = tf.mul(tf.reshape(dy, [volumes, -1, size]), tf.reshape(x, [volumes, 1, size]));
  return tf.reshape(products, dy.shape);
}

/** Each of `V` volumes repeated for its classes, `[V, …]` to `[rows, …]`; GPU kernels tile no rank 5. */
export function repeat(x: tf.Tensor, rows: number): tf.Tensor {
  const volumes = x.shape[0];
  if (volumes === rows) return x;
  const tiled = tf.tile(tf.reshape(x, [volumes, 1, -1]), [1, rows / volumes, 1]);
  return tf.reshape(tiled, [rows, ...x.shape.slice(1)]);
}

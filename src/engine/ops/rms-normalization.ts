import { tf } from '../tf.ts';
import { gathered } from './axes.ts';
import { throughScale, timesRate } from './normalization.ts';
import type { Call, Op } from './op.ts';
import { repeat, timesValues } from './rows.ts';

/** x as `[V, sets, members]` and 1 / root mean square of each set, `[V, sets, 1]`. */
function standard({ attributes, inputs: [x] }: Call<'rmsNormalization'>) {
  const { x: rows, back } = gathered(x, attributes.axes);
  const square = tf.mean(tf.square(rows), 2, true);
  return { rows, rate: tf.rsqrt(tf.add(square, attributes.epsilon)), back };
}

/** Zhang & Sennrich 2019; ONNX's and Keras' RMSNormalization. */
export const rmsNormalization: Op<'rmsNormalization'> = {
  shape: ({ inputs: [x] }) => x,
  forward(call) {
    const { rows, rate, back } = standard(call);
    return throughScale(back(tf.mul(rows, rate)), call.weights.scale);
  },
  vjp(call) {
    const { attributes, weights, dy, wanted, statistics } = call;
    if (!wanted[0]) return [null];
    const { rows, rate, back } = standard(call);
    const { x: g } = gathered(throughScale(dy, weights.scale), attributes.axes);
    if (statistics === 'frozen') return [back(timesRate(g, rate))];
    const normal = tf.mul(rows, rate);
    const along = tf.mean(timesValues(g, normal), 2, true);
    const inner = tf.sub(g, tf.mul(repeat(normal, g.shape[0]), along));
    return [back(timesRate(inner, rate))];
  },
  bias: null,
  reach: null,
  shown: true,
  view: false,
  scaleFree: true,
};

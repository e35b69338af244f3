import { hasRectify, hasReluGrad, rectify, reluGrad } from '../kernels/relu-grad.ts';
import { tf } from '../tf.ts';
import { gathered } from './axes.ts';
import { type Op, POINTWISE } from './op.ts';
import { THROUGH_RECTIFIER } from './rectifier.ts';
import { repeat, timesValues } from './rows.ts';

/** The slope where all channels share it and reading it waits for nothing. */
const commonSlope = (slope: tf.Tensor) =>
  slope.size === 1 && hasRectify() ? slope.dataSync()[0] : null;

/** Positive part plus a slope for the negative one, which is a weight. */
export const prelu: Op<'prelu'> = {
  shape: ({ inputs: [x] }) => x,
  forward({ inputs: [x], weights: { slope } }) {
    const one = commonSlope(slope);
    if (one !== null && one <= 1 && hasRectify()) return rectify(x, one);
    return tf.sub(tf.relu(x), tf.mul(slope, tf.relu(tf.neg(x))));
  },
  vjp({ inputs: [x], weights: { slope }, dy, wanted, rectifiers }) {
    if (!wanted[0]) return [null];
    const one = commonSlope(slope);
    if (one !== null && hasReluGrad())
      return [THROUGH_RECTIFIER[rectifiers](dy, (g) => reluGrad(g, x, one))];
    const above = tf.step(x);
    const slopes = tf.add(above, tf.mul(tf.sub(1, above), slope));
    return [THROUGH_RECTIFIER[rectifiers](dy, (g) => timesValues(g, slopes))];
  },
  bias: null,
  reach: null,
  shown: true,
  view: false,
  reads: () => 'inputs',
  cheap: true,
};

/** Along one axis; `log` gives its logarithm. */
export const softmax: Op<'softmax'> = {
  shape: ({ inputs: [x] }) => x,
  forward({ attributes: { axis, log }, inputs: [given] }) {
    const { x, back } = gathered(given, [axis]);
    return back(log ? tf.logSoftmax(x) : tf.softmax(x));
  },
  vjp({ attributes: { axis, log }, output, dy, wanted }) {
    if (!wanted[0]) return [null];
    const { x: y } = gathered(output, [axis]);
    const { x: g, back } = gathered(dy, [axis]);
    const all = repeat(y, g.shape[0]);
    if (log) return [back(tf.sub(g, tf.mul(tf.exp(all), tf.sum(g, 2, true))))];
    return [back(tf.mul(all, tf.sub(g, tf.sum(tf.mul(g, all), 2, true))))];
  },
  bias: null,
  reach: ({ attributes, inputs: [x] }) => (attributes.axis === x.length - 1 ? POINTWISE : null),
  shown: true,
  view: false,
};

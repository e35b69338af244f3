import type { Activation } from '../graph/operators.ts';
import { hasRectify, hasReluGrad, rectify, reluGrad } from '../kernels/relu-grad.ts';
import { tf } from '../tf.ts';
import { type Op, POINTWISE } from './op.ts';
import { THROUGH_RECTIFIER } from './rectifier.ts';
import { timesValues } from './rows.ts';

/** One elementwise function. */
interface Row<A> {
  forward(x: tf.Tensor, a: A): tf.Tensor;
  /** The derivative, from the function's value y and x. */
  slope(y: tf.Tensor, x: tf.Tensor, a: A): tf.Tensor;
  /** Whether the backward rules for rectifiers apply; not if left out. */
  readonly rectifies?: (a: A) => boolean;
}

type Table = { readonly [A in Activation as A['kind']]: Row<A> };

const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

const sigmoidSlope = (s: tf.Tensor) => tf.mul(s, tf.sub(1, s));
const between = (x: tf.Tensor, low: number, high: number) =>
  tf.cast(tf.logicalAnd(tf.greater(x, low), tf.less(x, high)), 'float32');
/** 1 where x > 0, else `slope`. */
const kink = (x: tf.Tensor, slope: number) => tf.step(x, slope);
const hardSigmoid = (x: tf.Tensor, slope: number, offset: number) =>
  tf.clipByValue(tf.add(tf.mul(x, slope), offset), 0, 1);
/** (1 + erf(x / sqrt 2)) / 2. */
const normalShare = (x: tf.Tensor) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
const geluTanh = (x: tf.Tensor) => {
  const cubic = tf.mul(tf.mul(tf.square(x), x), 0.044715);
  return tf.tanh(tf.mul(tf.add(x, cubic), Math.sqrt(2 / Math.PI)));
};

const flat = (y: tf.Tensor) => tf.zerosLike(y);

const always = () => true;

const ACTIVATIONS: Table = {
  relu: { forward: (x) => tf.relu(x), slope: (y) => tf.step(y), rectifies: always },
  leakyRelu: {
    forward: (x, { slope }) =>
      slope <= 1 && hasRectify() ? rectify(x, slope) : tf.leakyRelu(x, slope),
    slope: (y, x, { slope }) => kink(slope < 0 ? x : y, slope),
    rectifies: always,
  },
  boundedRelu: {
    forward: (x, { slope, threshold, max }) => {
      const above = tf.cast(tf.greaterEqual(x, threshold), 'float32');
      const low = tf.mul(tf.sub(x, threshold), slope);
      const bent = tf.add(tf.mul(x, above), tf.mul(low, tf.sub(1, above)));
      return Number.isFinite(max) ? tf.minimum(bent, max) : bent;
    },
    slope: (y, x, { slope, threshold, max }) => {
      const above = tf.cast(tf.greaterEqual(x, threshold), 'float32');
      const bent = tf.add(above, tf.mul(tf.sub(1, above), slope));
      return Number.isFinite(max) ? tf.mul(bent, tf.cast(tf.less(y, max), 'float32')) : bent;
    },
    rectifies: always,
  },
  thresholdedRelu: {
    forward: (x, { threshold }) => tf.mul(x, tf.cast(tf.greater(x, threshold), 'float32')),
    slope: (_y, x, { threshold }) => tf.cast(tf.greater(x, threshold), 'float32'),
    rectifies: always,
  },
  clip: {
    forward: (x, { min, max }) =>
      min === 0 && hasRectify() ? rectify(x, 0, max) : tf.minimum(tf.maximum(x, min), max),
    slope: (_y, x, { min, max }) => between(x, min, max),
    // As ReLU6 is written.
    rectifies: ({ min, max }) => min === 0 && max > 0,
  },
  elu: {
    forward: (x, { alpha }) =>
      alpha === 1 ? tf.elu(x) : tf.add(tf.relu(x), tf.mul(alpha, tf.expm1(tf.minimum(x, 0)))),
    slope: (y, x, { alpha }) =>
      alpha === 1
        ? tf.add(tf.minimum(y, 0), 1)
        : tf.where(tf.greater(x, 0), tf.onesLike(y), tf.add(y, alpha)),
    rectifies: always,
  },
  selu: {
    forward: (x) => tf.selu(x),
    slope: (y, x) =>
      tf.where(tf.greater(x, 0), tf.fill(y.shape, SELU.scale), tf.add(y, SELU.scale * SELU.alpha)),
    rectifies: always,
  },
  celu: {
    forward: (x, { alpha }) =>
      tf.add(tf.relu(x), tf.mul(alpha, tf.expm1(tf.div(tf.minimum(x, 0), alpha)))),
    slope: (_y, x, { alpha }) => tf.exp(tf.div(tf.minimum(x, 0), alpha)),
    rectifies: always,
  },
  gelu: {
    forward: (x, { form }) =>
      form === 'exact' ? tf.mul(x, normalShare(x)) : tf.mul(tf.mul(x, 0.5), tf.add(geluTanh(x), 1)),
    slope: (_y, x, { form }) => {
      if (form === 'exact') {
        const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return tf.add(normalShare(x), tf.mul(x, density));
      }
      const t = geluTanh(x);
      const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * 0.044715), 1), Math.sqrt(2 / Math.PI));
      const bend = tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), inner);
      return tf.mul(tf.add(tf.add(t, 1), bend), 0.5);
    },
    rectifies: always,
  },
  sigmoid: { forward: (x) => tf.sigmoid(x), slope: sigmoidSlope },
  logSigmoid: {
    forward: (x) => tf.neg(tf.softplus(tf.neg(x))),
    slope: (_y, x) => tf.sigmoid(tf.neg(x)),
  },
  tanh: { forward: (x) => tf.tanh(x), slope: (y) => tf.sub(1, tf.square(y)) },
  silu: {
    forward: (x) => tf.mul(x, tf.sigmoid(x)),
    slope: (y, x) => {
      const s = tf.sigmoid(x);
      return tf.add(s, tf.mul(y, tf.sub(1, s)));
    },
    rectifies: always,
  },
  mish: {
    forward: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
    slope: (_y, x) => {
      const t = tf.tanh(tf.softplus(x));
      return tf.add(t, tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), tf.sigmoid(x)));
    },
    rectifies: always,
  },
  hardSigmoid: {
    forward: (x, { slope, offset }) => hardSigmoid(x, slope, offset),
    slope: (y, _x, { slope }) => tf.mul(between(y, 0, 1), slope),
  },
  hardSilu: {
    forward: (x, { slope, offset }) => tf.mul(x, hardSigmoid(x, slope, offset)),
    slope: (_y, x, { slope, offset }) => {
      const s = hardSigmoid(x, slope, offset);
      return tf.add(s, tf.mul(tf.mul(x, between(s, 0, 1)), slope));
    },
    rectifies: always,
  },
  softplus: { forward: (x) => tf.softplus(x), slope: (_y, x) => tf.sigmoid(x), rectifies: always },
  step: {
    forward: (x, { inclusive }) =>
      tf.cast(inclusive ? tf.greaterEqual(x, 0) : tf.greater(x, 0), 'float32'),
    slope: flat,
  },
  softsign: {
    forward: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
    slope: (_y, x) => tf.reciprocal(tf.square(tf.add(tf.abs(x), 1))),
  },
  squarePlus: {
    forward: (x) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 0.5),
    slope: (_y, x) => tf.mul(tf.add(tf.div(x, tf.sqrt(tf.add(tf.square(x), 4))), 1), 0.5),
    rectifies: always,
  },
  sparsePlus: {
    forward: (x) => {
      const middle = tf.mul(tf.square(tf.clipByValue(tf.add(x, 1), 0, 2)), 0.25);
      return tf.add(middle, tf.relu(tf.sub(x, 1)));
    },
    slope: (_y, x) => tf.clipByValue(tf.mul(tf.add(x, 1), 0.5), 0, 1),
    rectifies: always,
  },
  hardTanh: {
    forward: (x) => tf.clipByValue(x, -1, 1),
    slope: (_y, x) => between(x, -1, 1),
  },
  tanhShrink: {
    forward: (x) => tf.sub(x, tf.tanh(x)),
    slope: (_y, x) => tf.square(tf.tanh(x)),
  },
  softShrink: {
    forward: (x, { lambda }) => tf.sub(x, tf.clipByValue(x, -lambda, lambda)),
    slope: (_y, x, { lambda }) => tf.sub(1, between(x, -lambda, lambda)),
  },
  hardShrink: {
    forward: (x, { lambda }) => tf.mul(x, tf.cast(tf.greater(tf.abs(x), lambda), 'float32')),
    slope: (_y, x, { lambda }) => tf.cast(tf.greater(tf.abs(x), lambda), 'float32'),
  },
  exp: { forward: (x) => tf.exp(x), slope: (y) => y },
  log: { forward: (x) => tf.log(x), slope: (_y, x) => tf.reciprocal(x) },
  sqrt: { forward: (x) => tf.sqrt(x), slope: (y) => tf.divNoNan(0.5, y) },
  square: { forward: (x) => tf.square(x), slope: (_y, x) => tf.mul(x, 2) },
  reciprocal: { forward: (x) => tf.reciprocal(x), slope: (y) => tf.neg(tf.square(y)) },
  abs: { forward: (x) => tf.abs(x), slope: (_y, x) => tf.sign(x) },
  negative: { forward: (x) => tf.neg(x), slope: (y) => tf.fill(y.shape, -1) },
  erf: {
    forward: (x) => tf.erf(x),
    slope: (_y, x) => tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI)),
  },
  sin: { forward: (x) => tf.sin(x), slope: (_y, x) => tf.cos(x) },
  cos: { forward: (x) => tf.cos(x), slope: (_y, x) => tf.neg(tf.sin(x)) },
  tan: { forward: (x) => tf.tan(x), slope: (y) => tf.add(tf.square(y), 1) },
  asin: { forward: (x) => tf.asin(x), slope: (_y, x) => tf.rsqrt(tf.sub(1, tf.square(x))) },
  acos: {
    forward: (x) => tf.acos(x),
    slope: (_y, x) => tf.neg(tf.rsqrt(tf.sub(1, tf.square(x)))),
  },
  atan: { forward: (x) => tf.atan(x), slope: (_y, x) => tf.reciprocal(tf.add(tf.square(x), 1)) },
  sinh: { forward: (x) => tf.sinh(x), slope: (_y, x) => tf.cosh(x) },
  cosh: { forward: (x) => tf.cosh(x), slope: (_y, x) => tf.sinh(x) },
  asinh: { forward: (x) => tf.asinh(x), slope: (_y, x) => tf.rsqrt(tf.add(tf.square(x), 1)) },
  acosh: { forward: (x) => tf.acosh(x), slope: (_y, x) => tf.rsqrt(tf.sub(tf.square(x), 1)) },
  atanh: { forward: (x) => tf.atanh(x), slope: (_y, x) => tf.reciprocal(tf.sub(1, tf.square(x))) },
  sign: { forward: (x) => tf.sign(x), slope: flat },
  floor: { forward: (x) => tf.floor(x), slope: flat },
  ceil: { forward: (x) => tf.ceil(x), slope: flat },
  round: { forward: (x) => tf.round(x), slope: flat },
};

const rowOf = (a: Activation) => ACTIVATIONS[a.kind] as Row<Activation>;

/** Slope below 0 of a rectifier that keeps signs; null for all else. */
export function slopeOf(a: Activation): number | null {
  if (a.kind === 'relu') return 0;
  return a.kind === 'leakyRelu' && a.slope >= 0 ? a.slope : null;
}

export const activation: Op<'activation'> = {
  shape: ({ inputs: [x] }) => x,
  forward: ({ attributes, inputs: [x] }) => rowOf(attributes).forward(x, attributes),
  vjp({ attributes, inputs, output, dy, wanted, rectifiers }) {
    if (!wanted[0]) return [null];
    const row = rowOf(attributes);
    const slope = slopeOf(attributes);
    const timesSlopes = (g: tf.Tensor) =>
      slope !== null && hasReluGrad()
        ? reluGrad(g, output, slope)
        : timesValues(g, row.slope(output, inputs[0], attributes));
    const rule = row.rectifies?.(attributes) ? rectifiers : 'plain';
    return [THROUGH_RECTIFIER[rule](dy, timesSlopes)];
  },
  bias: null,
  reach: () => POINTWISE,
  shown: true,
  view: false,
  reads: (attributes) => (slopeOf(attributes) === null ? 'both' : 'output'),
  cheap: true,
};

import type { Shape } from '../graph/types.ts';
import { tf } from '../tf.ts';
import { aligned, broadcastShape, summedTo } from './arithmetic.ts';
import { type BackwardCall, type InputGradients, type Op, ShapeError } from './op.ts';
import { keepIf, repeat } from './rows.ts';

const turned = (shape: Shape, turn: boolean) =>
  turn ? [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]] : shape;

/**
 * Both with the same axes in front of their last two, for `rows` rows. Shared matrices are copied: tfjs's own
 * broadcasting of several axes gives an operand to the wrong products.
 */
function raised(inputs: readonly tf.Tensor[], rows: number): tf.Tensor[] {
  const rank = Math.max(...inputs.map((x) => x.rank - 1));
  const same = inputs.map((x) => aligned(repeat(x, rows), rank));
  const outer = broadcastShape(same.map((x) => x.shape.slice(1, -2)));
  return same.map((x) => tf.broadcastTo(x, [rows, ...outer, ...x.shape.slice(-2)]));
}

function vjp({ attributes, inputs, dy, wanted }: BackwardCall<'matMul'>): InputGradients {
  const { transposeA, transposeB } = attributes;
  const [a, b] = raised(inputs, dy.shape[0]);
  return [
    keepIf(wanted[0], () =>
      summedTo(
        transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB),
        inputs[0],
      ),
    ),
    keepIf(wanted[1], () =>
      summedTo(
        transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false),
        inputs[1],
      ),
    ),
  ];
}

/** Products of matrices that both depend on the input, as in attention. */
export const matMul: Op<'matMul'> = {
  shape({ attributes: { transposeA, transposeB }, inputs }) {
    const [a, b] = [turned(inputs[0], transposeA), turned(inputs[1], transposeB)];
    if (a.length < 2 || b.length < 2 || a[a.length - 1] !== b[b.length - 2])
      throw new ShapeError(`factors of shape [${inputs[0]}] and [${inputs[1]}]`);
    const outer = broadcastShape([a.slice(0, -2), b.slice(0, -2)]);
    return [...outer, a[a.length - 2], b[b.length - 1]];
  },
  forward({ attributes: { transposeA, transposeB }, inputs }) {
    const rows = Math.max(...inputs.map((x) => x.shape[0]));
    const [a, b] = raised(inputs, rows);
    return tf.matMul(a, b, transposeA, transposeB);
  },
  vjp,
  bias: null,
  reach: null,
  shown: true,
  view: false,
};

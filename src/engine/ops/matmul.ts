import type { Shape } from '../graph/types.ts';
import { tf } from '../tf.ts';
import { broadcastShape } from './arithmetic.ts';
import { type Call, type Op, ShapeError } from './op.ts';
import { byTape } from './rows.ts';

const turned = (shape: Shape, turn: boolean) =>
  turn ? [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]] : shape;

function run({ attributes, inputs: [a, b] }: Pick<Call<'matMul'>, 'attributes' | 'inputs'>) {
  const { transposeA, transposeB } = attributes;
  const outer = [a, b].map((x) => x.shape.slice(1, -2));
  const rank = Math.max(...outer.map(({ length }) => length));
  const raised = [a, b].map((x, i) =>
    tf.reshape(x, [x.shape[0], ...Array(rank - outer[i].length).fill(1), ...x.shape.slice(1)]),
  );
  return tf.matMul(raised[0], raised[1], transposeA, transposeB);
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
  forward: run,
  vjp: ({ attributes, inputs, dy, wanted }) =>
    byTape(inputs, dy, wanted, (given) => run({ attributes, inputs: given })),
  bias: null,
  reach: null,
  shown: true,
  view: false,
};

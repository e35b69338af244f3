import { channelsBehind } from '../../kernels.ts';
import type { DataValue } from '../builder.ts';
import { readerOf, reshapedTo, sizeOf } from '../constant.ts';
import type { Context } from '../context.ts';
import { expandTo } from '../fold/gather.ts';
import { broadcast } from '../fold/shapes.ts';
import { mapTo } from '../../../../core/typed-arrays.ts';

/** All axes as declared, but the first where it is 1. */
const plain = (dims: readonly number[]) =>
  dims.map((_, i) => i).filter((i) => i > 0 || dims[0] !== 1 || dims.length === 1);

/** Known numbers that are made when they are placed. */
interface Numbers {
  readonly name: string;
  readonly data: () => ArrayLike<number>;
}

/** `x [… , in]` times known numbers `[in, out]`, along the last declared axis. */
export function dense(
  context: Context,
  x: DataValue,
  matrix: Numbers & { readonly dims: readonly number[] },
  bias?: Numbers,
  origin = context.origin(),
): DataValue {
  const { builder } = context;
  const [inputs, outputs] = matrix.dims;
  const last = x.dims.length - 1;
  if (x.dims[last] !== inputs) context.fail(`a matrix of ${inputs} rows on a value of [${x.dims}]`);
  const dims = x.dims.with(last, outputs);
  const axes = [...x.axes.filter((axis) => axis !== last), last];
  const kernel = builder.weight(matrix.name, [inputs, outputs], matrix.data);
  const weights = bias
    ? { kernel, bias: builder.weight(bias.name, [outputs], bias.data) }
    : { kernel };
  const channel = x.dims.length === 2 || x.channel === last ? last : null;
  const input = [builder.arranged(x, axes)];
  const spec = { op: 'dense', attributes: {}, weights, inputs: input } as const;
  return builder.data(origin, dims, axes, channel, spec);
}

/** https://onnx.ai/onnx/operators/onnx__Gemm.html */
export function gemm(context: Context): DataValue {
  const { attrs } = context;
  const x = context.data(0);
  const matrix = context.constant(1) ?? context.fail('it has no matrix');
  if (attrs.int('transA', 0)) context.fail('transA on a value that depends on the volume');
  const alpha = attrs.float('alpha', 1);
  const beta = attrs.float('beta', 1);
  const turned = attrs.int('transB', 0) === 1;
  const dims = turned ? [matrix.dims[1], matrix.dims[0]] : matrix.dims;
  const [, columns] = dims;
  const data = () => {
    const numbers = turned ? channelsBehind(readerOf(matrix), matrix.dims) : matrix.data;
    return alpha === 1
      ? numbers
      : mapTo(new Float32Array(numbers.length), numbers, (n) => n * alpha);
  };
  const added = context.constant(2);
  if (added && sizeOf(added.dims) !== 1 && sizeOf(added.dims) !== columns)
    context.fail(`a bias of [${added.dims}] for ${columns} columns`);
  const bias = added && {
    name: context.node.inputs[2],
    data: () =>
      Float32Array.from(
        expandTo(reshapedTo(added, [sizeOf(added.dims)]), [columns]).data,
        (n) => n * beta,
      ),
  };
  return dense(context, x, { name: context.node.inputs[1], dims, data }, bias);
}

/** https://onnx.ai/onnx/operators/onnx__MatMul.html */
export function matMul(context: Context): DataValue {
  const [a, b] = [context.value(0), context.value(1)];
  const { builder } = context;
  if (b.kind === 'constant' && b.constant.dims.length === 2) {
    const { constant, name } = b;
    return dense(context, context.data(0), {
      name,
      dims: constant.dims,
      data: () => constant.data,
    });
  }
  return product(context, builder.dataOf(a), builder.dataOf(b));
}

/** Of two values over their last two axes; the others are broadcast. */
export function product(
  context: Context,
  left: DataValue,
  right: DataValue,
  origin = context.origin(),
): DataValue {
  const { builder } = context;
  if (left.dims.length < 2 || right.dims.length < 2)
    context.fail(`a product of values of [${left.dims}] and [${right.dims}]`);
  const outer = broadcast(left.dims.slice(0, -2), right.dims.slice(0, -2));
  if (!outer || left.dims.at(-1) !== right.dims.at(-2))
    context.fail(`a product of values of [${left.dims}] and [${right.dims}]`);
  const dims = [...outer, left.dims.at(-2) as number, right.dims.at(-1) as number];
  const rank = dims.length;
  const axes = rank === 2 ? [0, 1] : plain(dims);
  const inputs = [left, right].map((x) => {
    const by = rank - x.dims.length;
    const own = axes.map((axis) => axis - by).filter((axis) => axis >= 0);
    return builder.arranged(x, own);
  });
  const spec = {
    op: 'matMul',
    attributes: { transposeA: false, transposeB: false },
    inputs,
  } as const;
  if (rank > 2 || dims[0] !== 1) return builder.data(origin, dims, axes, null, spec);
  // One row is a vector, as everywhere.
  const row = { ...origin, name: `${origin.name}~row` };
  const product = builder.data(row, dims, axes, null, spec);
  return context.alias({ ...product, node: builder.arranged(product, [1]) }, dims, [1], 1, origin);
}

import { constantOf, integers, isInteger, reshapedTo, turnedMatrix } from '../constant.ts';
import { chain, dequantize, divide, elementwise, unary, where } from './elementwise.ts';
import { allocate, type Fold } from './fold.ts';
import { expandTo, transposed } from './gather.ts';
import { concat, reshape, slice, split, take, takePlaces } from './moves.ts';
import { axesOf, broadcast, squeezed, unsqueezed } from './shapes.ts';
import { einsum, gemm, product, reduce } from './sums.ts';
import { mapTo } from '../../../../core/typed-arrays.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export const FOLDS: Readonly<Record<string, Fold>> = {
  Abs: unary(Math.abs),
  Acos: unary(Math.acos),
  Asin: unary(Math.asin),
  Atan: unary(Math.atan),
  Add: elementwise((a, b) => a + b),
  And: elementwise((a, b) => Number(a !== 0 && b !== 0), true),
  Cast: ([x], attrs) => {
    if (!x) return undefined;
    const integer = isInteger(attrs.int('to', 1));
    if (integer === x.integer) return x;
    const data = integer
      ? mapTo(new Float64Array(x.data.length), x.data, Math.trunc)
      : Float32Array.from(x.data);
    return { dims: x.dims, data, integer };
  },
  CastLike: ([x, like]) =>
    x && {
      dims: x.dims,
      integer: like?.integer === true,
      data: like?.integer
        ? mapTo(new Float64Array(x.data.length), x.data, Math.trunc)
        : Float32Array.from(x.data),
    },
  Ceil: unary(Math.ceil),
  Cos: unary(Math.cos),
  Dropout: ([x]) => x,
  Concat: concat,
  ConstantOfShape: ([shape], attrs) => {
    if (!shape) return undefined;
    const dims = [...shape.data];
    const tensor = attrs.tensor('value');
    const value = tensor ? constantOf(tensor, undefined, '') : integers([0]);
    const integer = tensor !== undefined && value.integer;
    return { dims, data: allocate(dims, integer, 0).fill(value.data[0]), integer };
  },
  DequantizeLinear: dequantize,
  Div: divide,
  Einsum: einsum,
  Equal: elementwise((a, b) => Number(a === b), true),
  Exp: unary(Math.exp),
  Expand: ([x, shape]) => {
    const dims = x && shape && broadcast(x.dims, [...shape.data]);
    return dims && expandTo(x, dims);
  },
  Floor: unary(Math.floor),
  Gather: take,
  GatherND: takePlaces,
  Gemm: gemm,
  Greater: elementwise((a, b) => Number(a > b), true),
  GreaterOrEqual: elementwise((a, b) => Number(a >= b), true),
  Identity: ([x]) => x,
  Less: elementwise((a, b) => Number(a < b), true),
  LessOrEqual: elementwise((a, b) => Number(a <= b), true),
  Log: unary(Math.log),
  MatMul: product,
  Max: chain(Math.max),
  Min: chain(Math.min),
  Mod: elementwise((a, b) => a - Math.floor(a / b) * b),
  Mul: elementwise((a, b) => a * b),
  Neg: unary((x) => -x),
  Not: unary((x) => Number(x === 0), true),
  Or: elementwise((a, b) => Number(a !== 0 || b !== 0), true),
  Pow: elementwise((a, b) => a ** b),
  Range: ([start, limit, delta]) => {
    if (!start || !limit || !delta) return undefined;
    const [from, to, step] = [start, limit, delta].map(({ data }) => data[0]);
    const dims = [Math.max(0, Math.ceil((to - from) / step))];
    const data = allocate(dims, start.integer, 0);
    for (let i = 0; i < data.length; i++) data[i] = from + i * step;
    return { dims, data, integer: start.integer };
  },
  Reciprocal: unary((x) => 1 / x),
  ReduceL1: reduce(0, (a, b) => a + Math.abs(b)),
  ReduceL2: reduce(0, (a, b) => a + b * b, Math.sqrt),
  ReduceMax: reduce(Number.NEGATIVE_INFINITY, Math.max),
  ReduceMean: reduce(
    0,
    (a, b) => a + b,
    (sum, count) => sum / count,
  ),
  ReduceMin: reduce(Number.POSITIVE_INFINITY, Math.min),
  ReduceProd: reduce(1, (a, b) => a * b),
  ReduceSum: reduce(0, (a, b) => a + b),
  ReduceSumSquare: reduce(0, (a, b) => a + b * b),
  Relu: unary((x) => Math.max(x, 0)),
  Reshape: reshape,
  Round: unary((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))),
  Size: ([x]) => x && { dims: [], data: Float64Array.of(x.data.length), integer: true },
  Sigmoid: unary(sigmoid),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Slice: slice,
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Split: split,
  Sqrt: unary(Math.sqrt),
  Squeeze: ([x, axes], attrs) => x && reshapedTo(x, squeezed(x.dims, axesOf(axes, attrs))),
  Sub: elementwise((a, b) => a - b),
  Tan: unary(Math.tan),
  Tanh: unary(Math.tanh),
  Tile: ([x, repeats]) => {
    if (!x || !repeats) return undefined;
    const pairs = x.dims.flatMap((n, i) => [repeats.data[i], n]);
    const spread = expandTo(
      reshapedTo(
        x,
        x.dims.flatMap((n) => [1, n]),
      ),
      pairs,
    );
    return { ...spread, dims: x.dims.map((n, i) => n * repeats.data[i]) };
  },
  Transpose: ([x], attrs) => {
    if (!x) return undefined;
    const order = attrs.ints('perm') ?? x.dims.map((_, i) => x.dims.length - 1 - i);
    const turns = order.length === 2 && order[0] === 1 && !x.integer;
    return turns ? turnedMatrix(x) : transposed(x, order);
  },
  Unsqueeze: ([x, given], attrs) => {
    const axes = axesOf(given, attrs);
    return x && axes && reshapedTo(x, unsqueezed(x.dims, axes));
  },
  Where: where,
  Xor: elementwise((a, b) => Number((a !== 0) !== (b !== 0)), true),
};

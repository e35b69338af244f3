import type { Arithmetic } from '../../../graph/operators.ts';
import type { DataValue, Meaning, Value } from '../builder.ts';
import { dimsOf } from '../builder.ts';
import { type Constant, sizeOf } from '../constant.ts';
import type { Context } from '../context.ts';
import { transposed } from '../fold/gather.ts';
import { broadcast } from '../fold/shapes.ts';
import { atLeast, reciprocal, sqrt } from './activation.ts';
import { normalizedOver, rmsOver } from './normalization.ts';
import { mapTo } from '../../../../core/typed-arrays.ts';

/** `dims` with unit axes in front, so that there are `rank`. */
const ranked = (dims: readonly number[], rank: number) => [
  ...Array.from({ length: rank - dims.length }, () => 1),
  ...dims,
];

function common(context: Context, values: readonly Value[]): readonly number[] {
  return values
    .map(dimsOf)
    .reduce(
      (a, b) => broadcast(a, b) ?? context.fail(`shapes [${a}] and [${b}] do not fit together`),
    );
}

/** The value with its unit axes in front. */
function lifted(x: DataValue, rank: number): DataValue {
  const by = rank - x.dims.length;
  if (by === 0) return x;
  const channel = x.channel === null ? null : x.channel + by;
  return { ...x, dims: ranked(x.dims, rank), axes: x.axes.map((axis) => axis + by), channel };
}

/** An order of axes that all of `values` can be brought into; the largest one keeps its own where it can. */
function orderFor(dims: readonly number[], values: readonly DataValue[]): readonly number[] {
  const [first] = [...values].sort((a, b) => sizeOf(b.dims) - sizeOf(a.dims));
  const missing = dims.map((_, i) => i).filter((i) => dims[i] > 1 && !first.axes.includes(i));
  return missing.length === 0
    ? first.axes
    : dims.map((_, i) => i).filter((i) => i > 0 || dims[0] > 1);
}

/** `constant` as a value in the order `order` of axes of rank `rank`; unit axes in front are left out. */
function ordered(constant: Constant, rank: number, order: readonly number[]) {
  const whole = { ...constant, dims: ranked(constant.dims, rank) };
  const rest = whole.dims.map((_, i) => i).filter((i) => !order.includes(i));
  const turned = transposed(whole, [...rest, ...order]);
  const shape = order.map((axis) => whole.dims[axis]);
  const from = shape.findIndex((n) => n > 1);
  return { shape: from < 0 ? [1] : shape.slice(from), data: turned.data };
}

export function combined(
  context: Context,
  kind: Arithmetic,
  values: readonly Value[],
  origin = context.origin(),
  partOf?: string,
): DataValue {
  const { builder } = context;
  const dims = common(context, values);
  const rank = dims.length;
  const data = values.map((value) =>
    value.kind === 'constant' ? undefined : lifted(builder.dataOf(value), rank),
  );
  const present = data.filter((x) => x !== undefined);
  const axes = orderFor(dims, present);
  const inputs = values.map((value, i) => {
    const x = data[i];
    if (x) return builder.arranged(x, axes);
    if (value.kind !== 'constant') return context.fail('a comparison that is computed with');
    const { shape, data: numbers } = ordered(value.constant, rank, axes);
    return builder.constantNode(value.name, shape, () => numbers);
  });
  const channel = present.find((x) => x.channel !== null)?.channel ?? null;
  const spec = { op: 'arithmetic', attributes: { kind }, inputs } as const;
  return builder.data(origin, dims, axes, channel, spec, undefined, partOf);
}

/** `factor x + term` where one side is a number or one number per channel; undefined elsewhere. */
function linear(context: Context, kind: Arithmetic): DataValue | undefined {
  const [a, b] = [context.value(0), context.value(1)];
  const left = a.kind === 'constant';
  const constant = left ? a : b.kind === 'constant' ? b : undefined;
  if (!constant || (left && b.kind === 'constant') || (left && kind === 'divide')) return undefined;
  const dims = common(context, [a, b]);
  const x = lifted(context.data(left ? 1 : 0), dims.length);
  if (dims.some((n, i) => n !== x.dims[i])) return undefined;
  const { shape, data } = ordered(constant.constant, dims.length, x.axes);
  if (shape.length > 1 || (shape[0] > 1 && x.dims[x.axes.at(-1) as number] !== shape[0]))
    return undefined;
  const part = (name: string, of: (n: number) => number) =>
    context.builder.weight(`${constant.name}${name}`, shape, () =>
      mapTo(new Float32Array(data.length), data, of),
    );
  const weights = {
    add: () => ({ shift: part('', (n) => n) }),
    multiply: () => ({ scale: part('', (n) => n) }),
    divide: () => ({ scale: part('/inverse', (n) => 1 / n) }),
    subtract: () =>
      left
        ? { shift: part('', (n) => n), scale: context.builder.weight('-1', [1], () => [-1]) }
        : { shift: part('/negative', (n) => -n) },
  }[kind as 'add'];
  if (!weights) return undefined;
  return context.like<'scaleShift'>(x, { op: 'scaleShift', attributes: {}, weights: weights() });
}

export const arithmetic =
  (kind: Arithmetic) =>
  (context: Context): DataValue => {
    return (
      meant(context, kind) ?? linear(context, kind) ?? combined(context, kind, operands(context))
    );
  };

export const operands = (context: Context) =>
  Array.from({ length: context.count }, (_, i) => context.value(i));

/** Sum, Mean, Max, Min of any number of values. */
export const variadic =
  (kind: Arithmetic) =>
  (context: Context): DataValue => {
    if (context.count === 1) return context.alias(context.data(0));
    const result = combined(context, kind, operands(context));
    return kind === 'maximum' && context.count === 2
      ? { ...result, meaning: bounded(context.value(0), context.value(1)) }
      : result;
  };

/** What a length means that is no smaller than one number, on either side. */
function bounded(a: Value, b: Value): Meaning | undefined {
  const [x, constant] = a.kind === 'constant' ? [b, a] : [a, b];
  return x.kind === 'data' && constant.kind === 'constant' && constant.constant.data.length === 1
    ? atLeast(x, constant.constant.data[0])
    : undefined;
}

/** https://onnx.ai/onnx/operators/onnx__Pow.html */
export function power(context: Context): DataValue {
  const exponent = context.value(1);
  const single =
    exponent.kind === 'constant' && exponent.constant.data.length === 1
      ? exponent.constant.data[0]
      : undefined;
  const x = context.value(0);
  if (single === 2 && x.kind !== 'constant') return squared(context, context.data(0));
  if (single === 0.5 && x.kind !== 'constant') return sqrt(context);
  if (single === -1 && x.kind !== 'constant') return reciprocal(context);
  const result = combined(context, 'power', [x, exponent]);
  return single === -0.5 && x.kind === 'data' && x.meaning?.kind === 'variance'
    ? { ...result, meaning: { ...x.meaning, kind: 'inverse' } }
    : result;
}

function squared(context: Context, x: DataValue): DataValue {
  const { meaning } = x;
  return context.like<'activation'>(
    x,
    { op: 'activation', attributes: { kind: 'square' } },
    meaning?.kind === 'centred'
      ? { ...meaning, kind: 'squared' }
      : { kind: 'squared', fromZero: true, of: x, axes: [], epsilon: 0 },
  );
}

/** The steps of a layer or RMS norm and of a division by the length, where they are written out. */
function meant(context: Context, kind: Arithmetic): DataValue | undefined {
  const [a, b] = [context.value(0), context.value(1)];
  if (a.kind !== 'data') return undefined;
  const other = b.kind === 'data' ? b.meaning : undefined;
  if (kind === 'multiply' && b.kind === 'data') {
    if (a.node === b.node) return squared(context, a);
    const isInverse = ({ meaning }: DataValue) => meaning?.kind.startsWith('inverse') === true;
    const [x, inverse] = isInverse(b) ? [a, b] : [b, a];
    if (inverse.meaning?.kind === 'inverseLength') return unit(context, x, inverse.meaning);
    return inverse.meaning?.kind === 'inverse' ? divided(context, x, inverse) : undefined;
  }
  if (kind === 'subtract' && other?.kind === 'mean' && other.of.node === a.node)
    return { ...combined(context, kind, [a, b]), meaning: { ...other, kind: 'centred' } };
  if (kind === 'add' && a.meaning?.kind === 'variance' && b.kind === 'constant') {
    if (b.constant.data.length !== 1) return undefined;
    const sum = linear(context, kind);
    return sum && { ...sum, meaning: { ...a.meaning, epsilon: b.constant.data[0] } };
  }
  if (kind !== 'divide' || !other) return undefined;
  if (other.kind === 'deviation') return divided(context, a, b as DataValue);
  return other.kind === 'length' ? unit(context, a, other) : undefined;
}

/** A value over its own length. */
function unit(context: Context, x: DataValue, length: Meaning): DataValue | undefined {
  if (length.of.node !== x.node) return undefined;
  const axes = length.axes.map((axis) => x.axes.indexOf(axis)).filter((i) => i >= 0);
  const attributes = { axes, epsilon: length.epsilon };
  return context.like<'unitLength'>(x, { op: 'unitLength', attributes });
}

/** What is left of its mean over its deviation from it, or all of it over its root mean square: a norm. */
function divided(context: Context, x: DataValue, by: DataValue): DataValue | undefined {
  const [centred, deviation] = [x.meaning, by.meaning];
  if (!deviation) return undefined;
  const { of, axes, epsilon } = deviation;
  if (deviation.fromZero)
    return x.node === of.node && `${x.axes}` === `${of.axes}`
      ? rmsOver(context, of, axes, epsilon)
      : undefined;
  if (centred?.kind !== 'centred') return undefined;
  const same = centred.of.node === of.node && `${centred.axes}` === `${axes}`;
  return same ? normalizedOver(context, of, axes, epsilon) : undefined;
}

/** A branch by a threshold is left out where both sides say the same. */
export function where(context: Context): DataValue {
  const [condition, a, b] = [context.value(0), context.value(1), context.value(2)];
  const { builder } = context;
  if (condition.kind === 'mask') {
    const far = [a, b].find((x) => x.kind === 'data' && builder.nodeOf(x.node).op === 'activation');
    const kind = far?.kind === 'data' && builder.nodeOf(far.node).attributes;
    // torch.nn.Softplus beyond its threshold, where it is x to the last bit of a float32.
    if (far?.kind === 'data' && kind && 'kind' in kind && kind.kind === 'softplus')
      return context.alias(far);
  }
  if (condition.kind !== 'constant') return selected(context, [condition, a, b]);
  const dims = common(context, [condition, a, b]);
  const data = [a, b].map((value) => lifted(builder.dataOf(value), dims.length));
  const axes = orderFor(dims, data);
  const { shape, data: chosen } = ordered(condition.constant, dims.length, axes);
  const channel = data.find((x) => x.channel !== null)?.channel ?? null;
  return builder.data<'where'>(context.origin(), dims, axes, channel, {
    op: 'where',
    attributes: {},
    weights: { condition: builder.weight(condition.name, shape, () => chosen) },
    inputs: data.map((x) => builder.arranged(x, axes)),
  });
}

/** By a condition that depends on the volume. */
function selected(context: Context, values: readonly Value[]): DataValue {
  const { builder } = context;
  const dims = common(context, values);
  const data = values.map((value) => lifted(builder.dataOf(value), dims.length));
  const axes = orderFor(dims, data);
  const inputs = data.map((x) => builder.arranged(x, axes));
  const channel = data.find((x) => x.channel !== null)?.channel ?? null;
  const spec = { op: 'select', attributes: {}, inputs } as const;
  return builder.data(context.origin(), dims, axes, channel, spec);
}

/** https://onnx.ai/onnx/operators/onnx__PRelu.html */
export function prelu(context: Context): DataValue {
  const x = context.data(0);
  const slope = context.constant(1) ?? context.fail('it has no slope');
  const { shape, data } = ordered(slope, x.dims.length, x.axes);
  return context.like<'prelu'>(x, {
    op: 'prelu',
    attributes: {},
    weights: { slope: context.builder.weight(context.node.inputs[1], shape, () => data) },
  });
}

import type { Reduction } from '../../../graph/operators.ts';
import type { DataValue, Meaning } from '../builder.ts';
import type { Context } from '../context.ts';
import { combined } from './arithmetic.ts';
import { cutOut } from './shape.ts';

export function reduced(
  context: Context,
  x: DataValue,
  reduction: Reduction,
  over: readonly number[],
  keep: boolean,
  origin = context.origin(),
): DataValue {
  const place = over.map((axis) => x.axes.indexOf(axis)).filter((i) => i >= 0);
  const kept = x.dims.map((n, axis) => (over.includes(axis) ? 1 : n));
  const rest = x.axes.filter((axis) => !over.includes(axis));
  const after = (axis: number) => axis - over.filter((gone) => gone < axis).length;
  const dims = keep ? kept : kept.filter((_, axis) => !over.includes(axis));
  const axes = keep ? rest : rest.map(after);
  const { channel } = x;
  const lost = channel === null || (over.includes(channel) && !keep);
  const attributes = { reduction, axes: place, keepDims: false };
  const spec = { op: 'reduce', attributes, inputs: [x.node] } as const;
  const place1 = lost ? null : keep ? channel : after(channel);
  return context.builder.data(origin, dims, axes, place1, spec, meaning());

  function meaning(): Meaning | undefined {
    const sorted = [...over].sort((a, b) => a - b);
    if (!keep) return undefined;
    if (reduction === 'l2') return { kind: 'length', of: x, axes: sorted, epsilon: 0 };
    const { meaning } = x;
    if (reduction === 'sum' && meaning?.kind === 'squared' && meaning.fromZero)
      return { ...meaning, kind: 'squaredLength', axes: sorted };
    if (reduction !== 'mean') return undefined;
    const about = meaning?.fromZero ? sorted : meaning?.axes;
    return meaning?.kind === 'squared' && `${about}` === `${sorted}`
      ? { ...meaning, kind: 'variance', axes: sorted }
      : { kind: 'mean', of: x, axes: sorted, epsilon: 0 };
  }
}

/** ReduceMean and the like: axes as an input from opset 13 (sum) or 18 on, as an attribute before. */
export const reduce =
  (reduction: Reduction) =>
  (context: Context): DataValue =>
    reducedAs(context, context.data(0), reduction);

/** A reduction of what `before` makes of each number, and `after` of the result. */
export const reduceOf =
  (before: 'abs' | 'exp' | 'square' | null, reduction: Reduction, after?: 'log') =>
  (context: Context): DataValue => {
    const given = context.data(0);
    const kindOf = (kind: 'abs' | 'exp' | 'square') =>
      ({ op: 'activation', attributes: { kind } }) as const;
    const x = before ? context.step<'activation'>(given, before, kindOf(before)) : given;
    // The channels are where they were.
    const inside = { ...x, channel: given.channel };
    if (!after) return reducedAs(context, inside, reduction);
    const origin = context.origin();
    const sum = { ...origin, name: `${origin.name}~${reduction}` };
    return context.activation(reducedAs(context, inside, reduction, sum), { kind: after });
  };

function reducedAs(
  context: Context,
  x: DataValue,
  reduction: Reduction,
  origin = context.origin(),
): DataValue {
  const over = axesOver(context, x);
  if (over.length === 0) return context.alias(x);
  return reduced(context, x, reduction, over, context.attrs.int('keepdims', 1) === 1, origin);
}

/** Axes as an input or an attribute; where none are named, all of them or, if the node says so, none. */
function axesOver(context: Context, { dims }: DataValue): readonly number[] {
  const { attrs } = context;
  const given = context.numbers(1) ?? attrs.ints('axes') ?? [];
  if (given.length > 0) return given.map((axis) => context.axis(axis, dims.length));
  return attrs.int('noop_with_empty_axes', 0) === 1 ? [] : dims.map((_, i) => i);
}

/** Factors of a product, each of which is a node. */
const MOST_FACTORS = 64;

/** The product along axes, entry by entry. */
export function reduceProd(context: Context): DataValue {
  let x = context.data(0);
  const axes = axesOver(context, x).filter((axis) => x.dims[axis] > 1);
  const origin = context.origin();
  for (const axis of axes) {
    const count = x.dims[axis];
    if (count > MOST_FACTORS) context.fail(`a product of ${count} numbers`);
    const parts = Array.from({ length: count }, (_, start) => {
      const name = `${origin.name}~${axis} ${start}`;
      return cutOut(context, x, [{ axis, start, step: 1, length: 1 }], { ...origin, name });
    });
    x = combined(context, 'multiply', parts, { ...origin, name: `${origin.name}~${axis}` });
  }
  if (context.attrs.int('keepdims', 1) === 1) return context.alias(x);
  const dims = x.dims.filter((_, axis) => !axesOver(context, x).includes(axis));
  return context.builder.dataOf(context.reshape(x, dims));
}

/** Over all axes behind the channels, which stay as axes of size 1. */
export const globalPool =
  (reduction: Reduction) =>
  (context: Context): DataValue => {
    const x = context.data(0);
    const over = x.dims.map((_, i) => i).slice(2);
    return reduced(context, x, reduction, over, true);
  };

export function argMax(context: Context): DataValue {
  const { attrs, builder } = context;
  const x = context.data(0);
  const axis = context.axis(attrs.int('axis', 0), x.dims.length);
  const keep = attrs.int('keepdims', 1) === 1;
  const axes = x.axes.includes(axis) ? x.axes : [...x.axes, axis];
  const input = builder.arranged(x, axes);
  const rest = axes.filter((a) => a !== axis);
  const dims = keep ? x.dims.with(axis, 1) : x.dims.toSpliced(axis, 1);
  const named = keep ? rest : rest.map((a) => (a > axis ? a - 1 : a));
  const attributes = { axis: axes.indexOf(axis), keepDims: false };
  const spec = { op: 'argMax', attributes, inputs: [input] } as const;
  return builder.data(context.origin(), dims, named, null, spec);
}

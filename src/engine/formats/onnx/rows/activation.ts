import type { Activation } from '../../../graph/operators.ts';
import type { DataValue, Meaning, Value } from '../builder.ts';
import { dimsOf } from '../builder.ts';
import type { Context } from '../context.ts';

type Row = (context: Context) => Value;

/** An elementwise function whose attributes are read off the node. */
export const activation =
  (of: (attrs: Context['attrs']) => Activation): Row =>
  (context) =>
    context.activation(context.data(0), of(context.attrs));

export function clip(context: Context): DataValue {
  const { attrs } = context;
  const min = context.constant(1)?.data[0] ?? attrs.float('min', Number.NEGATIVE_INFINITY);
  const max = context.constant(2)?.data[0] ?? attrs.float('max', Number.POSITIVE_INFINITY);
  const x = context.data(0);
  return context.like<'activation'>(
    x,
    { op: 'activation', attributes: { kind: 'clip', min, max } },
    max === Number.POSITIVE_INFINITY ? atLeast(x, min) : undefined,
  );
}

/** What a length means that is not allowed to be below a number. */
export function atLeast({ meaning }: DataValue, least: number): Meaning | undefined {
  if (meaning?.kind === 'length') return { ...meaning, epsilon: least };
  return meaning?.kind === 'squaredLength'
    ? { ...meaning, epsilon: Math.sqrt(Math.max(0, least)) }
    : undefined;
}

/** What a step makes of what its value means. */
const after = (
  { meaning }: DataValue,
  kinds: Partial<Record<Meaning['kind'], Meaning['kind']>>,
) => {
  const kind = meaning && kinds[meaning.kind];
  return kind && { ...meaning, kind };
};

export function sqrt(context: Context): DataValue {
  const x = context.data(0);
  return context.like<'activation'>(
    x,
    { op: 'activation', attributes: { kind: 'sqrt' } },
    after(x, { variance: 'deviation', squaredLength: 'length' }),
  );
}

export function reciprocal(context: Context): DataValue {
  const x = context.data(0);
  return context.like<'activation'>(
    x,
    { op: 'activation', attributes: { kind: 'reciprocal' } },
    after(x, { deviation: 'inverse', length: 'inverseLength' }),
  );
}

/** x times the sigmoid of alpha x. */
export function swish(context: Context): DataValue {
  const alpha = context.attrs.float('alpha', 1);
  const x = context.data(0);
  if (alpha === 1) return context.activation(x, { kind: 'silu' });
  // silu(alpha x) / alpha.
  const wide = scaled(context, x, alpha, 'scaled');
  const y = context.step<'activation'>(wide, 'silu', {
    op: 'activation',
    attributes: { kind: 'silu' },
  });
  return scaled(context, y, 1 / alpha);
}

/** PyTorch's numbers are built in; others are a scaled ELU. */
export function selu(context: Context): DataValue {
  const alpha = context.attrs.float('alpha', 1.6732632);
  const gamma = context.attrs.float('gamma', 1.050701);
  const x = context.data(0);
  const usual = Math.abs(alpha - 1.6732632) < 1e-6 && Math.abs(gamma - 1.050701) < 1e-6;
  if (usual) return context.activation(x, { kind: 'selu' });
  const elu = { op: 'activation', attributes: { kind: 'elu', alpha } } as const;
  return scaled(context, context.step<'activation'>(x, 'elu', elu), gamma);
}

/** `factor x`, the node's own value or a step on the way to it. */
function scaled(context: Context, x: DataValue, factor: number, step?: string): DataValue {
  const scale = context.builder.weight(`${factor}`, [1], () => [factor]);
  const spec = { op: 'scaleShift', attributes: {}, weights: { scale } } as const;
  return step ? context.step<'scaleShift'>(x, step, spec) : context.like<'scaleShift'>(x, spec);
}

export function shrink(context: Context): DataValue {
  const lambda = context.attrs.float('lambd', 0.5);
  const bias = context.attrs.float('bias', 0);
  if (bias === 0) return context.activation(context.data(0), { kind: 'hardShrink', lambda });
  const x = context.data(0);
  if (bias === lambda) return context.activation(x, { kind: 'softShrink', lambda });
  // Between both: the one jumps by lambd, the other by nothing.
  const share = bias / lambda;
  const part = (kind: 'softShrink' | 'hardShrink', factor: number) =>
    scaled(
      context,
      context.step<'activation'>(x, kind, { op: 'activation', attributes: { kind, lambda } }),
      factor,
      `${kind} scaled`,
    );
  const inputs = [part('softShrink', share).node, part('hardShrink', 1 - share).node];
  const spec = { op: 'arithmetic', attributes: { kind: 'add' }, inputs } as const;
  return context.builder.data(context.origin(), x.dims, x.axes, x.channel, spec);
}

/** Before opset 13 all axes from `axis` on are one. */
export const softmax =
  (log: boolean): Row =>
  (context) => {
    const { attrs, opset, builder } = context;
    const value = context.value(0);
    const rank = dimsOf(value).length;
    const axis = context.axis(attrs.int('axis', opset < 13 ? 1 : -1), rank);
    const dims = dimsOf(value);
    if (opset < 13 && dims.slice(axis + 1).some((n) => n > 1)) {
      const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
      const flat = [product(dims.slice(0, axis)), product(dims.slice(axis))];
      const name = `${context.origin().name}~flat`;
      const x = builder.dataOf(context.reshape(value, flat, { ...context.origin(), name }));
      const spec = { op: 'softmax', attributes: { axis: x.axes.indexOf(1), log } } as const;
      const result = context.reshape(context.step<'softmax'>(x, 'softmax', spec), dims);
      return value.kind === 'data' && value.channel !== null && result.kind === 'reshaped'
        ? { ...result, channel: value.channel }
        : result;
    }
    const x = context.data(0);
    const axes = x.axes.includes(axis) ? x.axes : [axis, ...x.axes];
    const node = builder.arranged(x, axes);
    const attributes = { axis: axes.indexOf(axis), log };
    return context.like<'softmax'>({ ...x, node, axes }, { op: 'softmax', attributes });
  };

/** https://onnx.ai/onnx/operators/onnx__Cast.html */
export function cast(context: Context): Value {
  const value = context.value(0);
  return value.kind === 'mask' ? value : context.alias(context.data(0));
}

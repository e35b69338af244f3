import type { Activation } from '../../../graph/operators.ts';
import type { DataValue, MaskValue, Value } from '../builder.ts';
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
  const { meaning } = x;
  const length = meaning?.kind === 'length' && max === Number.POSITIVE_INFINITY;
  return context.like<'activation'>(
    x,
    { op: 'activation', attributes: { kind: 'clip', min, max } },
    length ? { ...meaning, epsilon: min } : undefined,
  );
}

export function sqrt(context: Context): DataValue {
  const x = context.data(0);
  const { meaning } = x;
  return context.like<'activation'>(
    x,
    { op: 'activation', attributes: { kind: 'sqrt' } },
    meaning?.kind === 'variance' ? { ...meaning, kind: 'deviation' } : undefined,
  );
}

export function shrink(context: Context): DataValue {
  const lambda = context.attrs.float('lambd', 0.5);
  const bias = context.attrs.float('bias', 0);
  if (bias === 0) return context.activation(context.data(0), { kind: 'hardShrink', lambda });
  if (bias === lambda) return context.activation(context.data(0), { kind: 'softShrink', lambda });
  return context.fail(`its bias ${bias} is neither 0 nor lambd ${lambda}`);
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
      return context.reshape(context.like<'softmax'>(x, spec), dims);
    }
    const x = context.data(0);
    const axes = x.axes.includes(axis) ? x.axes : [axis, ...x.axes];
    const node = builder.arranged(x, axes);
    const attributes = { axis: axes.indexOf(axis), log };
    return context.like<'softmax'>({ ...x, node, axes }, { op: 'softmax', attributes });
  };

/** A comparison, which has no gradient and only chooses between branches. */
export const mask: Row = (context): MaskValue => ({
  kind: 'mask',
  name: context.origin().name,
  dims: dimsOf(context.value(0)),
});

/** https://onnx.ai/onnx/operators/onnx__Cast.html */
export function cast(context: Context): Value {
  const value = context.value(0);
  return value.kind === 'mask' ? value : context.alias(context.data(0));
}

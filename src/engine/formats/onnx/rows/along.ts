import { reduced } from './reduce.ts';
import type { DataValue, Origin } from '../builder.ts';
import type { Context } from '../context.ts';
import { combined } from './arithmetic.ts';
import { withAxes } from './shape.ts';

/** Largest axis whose elements are mixed by a matrix. */
const LONGEST = 4096;

/** Each element along `axis` as a weighted sum of all of them, `weight(to, from)`; the axes stay in their order. */
function mixed(
  context: Context,
  given: DataValue,
  axis: number,
  weight: (to: number, from: number) => number,
  origin: Origin,
): DataValue {
  const { builder } = context;
  const n = given.dims[axis];
  if (n > LONGEST) context.fail(`it runs along an axis of ${n}; at most ${LONGEST}`);
  const x = withAxes(context, given, [axis]);
  const axes = [...x.axes.filter((one) => one !== axis), axis];
  const numbers = () =>
    Float32Array.from({ length: n * n }, (_, i) => weight(i % n, Math.floor(i / n)));
  const kernel = builder.weight(`${origin.name}/weights`, [n, n], numbers);
  const spec = { op: 'dense', attributes: {}, weights: { kernel } } as const;
  const inputs = [builder.arranged(x, axes)];
  const inner = { ...origin, name: `${origin.name}~mixed` };
  const y = builder.data(
    inner,
    x.dims,
    axes,
    x.channel,
    { ...spec, inputs },
    undefined,
    origin.name,
  );
  const node = builder.arranged(y, x.axes);
  return context.alias({ ...y, node, axes: x.axes }, x.dims, x.axes, x.channel, origin);
}

/** https://onnx.ai/onnx/operators/onnx__CumSum.html */
export function cumSum(context: Context): DataValue {
  const { attrs } = context;
  const x = context.data(0);
  const [given = 0] = context.numbers(1) ?? [];
  const axis = context.axis(given, x.dims.length);
  const back = attrs.int('reverse', 0) === 1 ? -1 : 1;
  const own = attrs.int('exclusive', 0) === 1 ? 0 : 1;
  const weight = (to: number, from: number) => Number(back * (to - from) + own > 0);
  return mixed(context, x, axis, weight, context.origin());
}

/** https://onnx.ai/onnx/operators/onnx__LRN.html */
export function localResponse(context: Context): DataValue {
  const { attrs, builder } = context;
  const x = context.data(0);
  const size = attrs.int('size', 1);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const share = attrs.float('alpha', 1e-4) / size;
  const square = { op: 'activation', attributes: { kind: 'square' } } as const;
  const squares = { ...context.step<'activation'>(x, 'squares', square), channel: x.channel };
  const weight = (to: number, from: number) =>
    from >= to - before && from <= to + after ? share : 0;
  const origin = context.origin();
  const around = mixed(context, squares, 1, weight, { ...origin, name: `${origin.name}~around` });
  const shift = builder.weight(`${origin.name}/bias`, [1], () => [attrs.float('bias', 1)]);
  const raised = context.step<'scaleShift'>(around, 'raised', {
    ...{ op: 'scaleShift', attributes: {}, weights: { shift } },
  });
  const beta = attrs.float('beta', 0.75);
  const exponent = { dims: [], data: Float32Array.of(beta), integer: false };
  const power = { kind: 'constant', name: `${origin.name}/beta`, constant: exponent } as const;
  const divisor = combined(context, 'power', [raised, power], {
    ...origin,
    name: `${origin.name}~divisor`,
  });
  return combined(context, 'divide', [x, divisor]);
}

/** https://onnx.ai/onnx/operators/onnx__LpNormalization.html */
export function lpNormalization(context: Context): DataValue {
  const { attrs, builder } = context;
  const given = context.data(0);
  const axis = context.axis(attrs.int('axis', -1), given.dims.length);
  if (attrs.int('p', 2) === 1) return overSumOfSizes(context, given, axis);
  const axes = given.axes.includes(axis) ? given.axes : [axis, ...given.axes];
  const x = { ...given, axes, node: builder.arranged(given, axes) };
  const attributes = { axes: [axes.indexOf(axis)], epsilon: 0 };
  return context.like<'unitLength'>(x, { op: 'unitLength', attributes });
}

function overSumOfSizes(context: Context, x: DataValue, axis: number): DataValue {
  const { name, ...origin } = context.origin();
  const abs = { op: 'activation', attributes: { kind: 'abs' } } as const;
  const sizes = context.step<'activation'>(x, 'abs', abs);
  const sum = reduced(context, sizes, 'sum', [axis], true, { ...origin, name: `${name}~sum` });
  return combined(context, 'divide', [x, sum]);
}

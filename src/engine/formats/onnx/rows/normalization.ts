import type { DataValue, ReshapedValue } from '../builder.ts';
import type { Constant } from '../constant.ts';
import type { Context } from '../context.ts';
import { expandTo, transposed } from '../fold/gather.ts';
import { broadcast } from '../fold/shapes.ts';

const every = (constant: Constant | undefined, value: number) =>
  !constant || constant.data.every((x) => x === value);

/** Numbers per channel `[channels]`, where the file may have them per group. */
function perChannel(context: Context, i: number, channels: number, neutral: number) {
  const given = context.constant(i);
  if (every(given, neutral) || !given) return undefined;
  const repeat = channels / given.data.length;
  if (!Number.isInteger(repeat))
    context.fail(`${given.data.length} numbers for ${channels} channels`);
  const name = context.node.inputs[i];
  return context.builder.weight(name, [channels], () =>
    Float32Array.from({ length: channels }, (_, c) => given.data[Math.floor(c / repeat)]),
  );
}

function affine(context: Context, channels: number) {
  const scale = perChannel(context, 1, channels, 1);
  const shift = perChannel(context, 2, channels, 0);
  return { ...(scale !== undefined && { scale }), ...(shift !== undefined && { shift }) };
}

/** Normalises `x [N, C, …]` in groups of channels over space, or over space alone where each is its own. */
function grouped(
  context: Context,
  x: DataValue,
  groups: number,
  epsilon: number,
  origin = context.origin(),
): DataValue {
  const channels = x.dims[1];
  if (x.dims.length < 3 || channels % groups !== 0)
    context.fail(`${groups} groups over a value of [${x.dims}]`);
  const axes = context.channelsLast(x);
  const space = axes.map((_, i) => i).filter((i) => axes[i] >= 2);
  const single = groups === channels;
  return context.builder.data<'normalization'>(origin, x.dims, axes, 1, {
    op: 'normalization',
    attributes: {
      axes: single ? space : [...space, axes.length - 1],
      groups: single ? 1 : groups,
      epsilon,
    },
    weights: affine(context, channels),
    inputs: [context.builder.arranged(x, axes)],
  });
}

/** A group norm spelled as reshape, instance norm, reshape: the value before the first reshape, if so. */
function ungrouped(value: ReshapedValue): DataValue | undefined {
  const { dims, source } = value;
  const regrouped =
    dims[0] === source.dims[0] && source.channel === 1 && source.dims[1] % dims[1] === 0;
  return regrouped && source.dims.length > 2 ? source : undefined;
}

function instanceNorm(context: Context, epsilon: number): DataValue | ReshapedValue {
  const value = context.value(0);
  const source = value.kind === 'reshaped' ? ungrouped(value) : undefined;
  if (value.kind !== 'reshaped' || !source) {
    const x = context.data(0);
    return grouped(context, x, x.dims[1], epsilon);
  }
  const name = `${context.origin().name}~grouped`;
  const result = grouped(context, source, value.dims[1], epsilon, { ...context.origin(), name });
  return { kind: 'reshaped', name: context.origin().name, dims: value.dims, source: result };
}

/** https://onnx.ai/onnx/operators/onnx__InstanceNormalization.html */
export const instanceNormalization = (context: Context) =>
  instanceNorm(context, context.attrs.float('epsilon', 1e-5));

/** https://onnx.ai/onnx/operators/onnx__GroupNormalization.html; the scale is per group before opset 21. */
export const groupNormalization = (context: Context) =>
  grouped(
    context,
    context.data(0),
    context.attrs.int('num_groups', 1),
    context.attrs.float('epsilon', 1e-5),
  );

/** https://onnx.ai/onnx/operators/onnx__LayerNormalization.html */
export function layerNormalization(context: Context): DataValue {
  const x = context.data(0);
  const over = lastAxes(context, x);
  return normalizedOver(context, x, over, context.attrs.float('epsilon', 1e-5), {
    ...factors(context, x, over, 'scale', 1, 1),
    ...factors(context, x, over, 'shift', 2, 0),
  });
}

/** https://onnx.ai/onnx/operators/onnx__RMSNormalization.html; ONNX Runtime calls it SimplifiedLayerNormalization. */
export function rmsNormalization(context: Context): DataValue {
  const x = context.data(0);
  const over = lastAxes(context, x);
  const scale = factors(context, x, over, 'scale', 1, 1);
  return rmsOver(context, x, over, context.attrs.float('epsilon', 1e-5), scale);
}

/** Declared axes from `axis` on; the channels last, where they are among them, so that a map can be drawn. */
function lastAxes(context: Context, x: DataValue): readonly number[] {
  const first = context.axis(context.attrs.int('axis', -1), x.dims.length);
  const declared = x.dims.map((_, i) => i).slice(first);
  const { channel } = x;
  return declared.some((axis) => axis === channel)
    ? [...declared.filter((axis) => axis !== channel), channel as number]
    : declared;
}

/** Input `i` as factors for the axes `over`, to whose shape it is repeated. */
function factors<P extends 'scale' | 'shift'>(
  context: Context,
  x: DataValue,
  over: readonly number[],
  part: P,
  i: number,
  neutral: number,
): { readonly [K in P]?: number } {
  const given = context.constant(i);
  if (!given || every(given, neutral)) return {};
  const declared = [...over].sort((a, b) => a - b);
  const dims = declared.map((axis) => x.dims[axis]);
  if (`${broadcast(given.dims, dims)}` !== `${dims}`)
    context.fail(`a ${part} of shape [${given.dims}] for axes of sizes [${dims}]`);
  const order = over.map((axis) => declared.indexOf(axis));
  const make = () => transposed(expandTo(given, dims), order).data;
  const shape = over.map((axis) => x.dims[axis]);
  return { [part]: context.builder.weight(context.node.inputs[i], shape, make) } as {
    readonly [K in P]?: number;
  };
}

/** An order of axes with the declared axes `over` last, and where these are then. */
function withLast(x: DataValue, over: readonly number[]) {
  const others = x.axes.filter((axis) => !over.includes(axis));
  return { order: [...others, ...over], axes: over.map((_, i) => others.length + i) };
}

/** Layer norm over the declared axes `over`, which become the last ones. */
export function normalizedOver(
  context: Context,
  x: DataValue,
  over: readonly number[],
  epsilon: number,
  weights: { readonly scale?: number; readonly shift?: number } = {},
): DataValue {
  const { order, axes } = withLast(x, over);
  return context.builder.data<'normalization'>(context.origin(), x.dims, order, x.channel, {
    op: 'normalization',
    attributes: { axes, groups: 1, epsilon },
    weights,
    inputs: [context.builder.arranged(x, order)],
  });
}

/** RMS norm over the declared axes `over`, which become the last ones. */
export function rmsOver(
  context: Context,
  x: DataValue,
  over: readonly number[],
  epsilon: number,
  weights: { readonly scale?: number } = {},
): DataValue {
  const { order, axes } = withLast(x, over);
  return context.builder.data<'rmsNormalization'>(context.origin(), x.dims, order, x.channel, {
    op: 'rmsNormalization',
    attributes: { axes, epsilon },
    weights,
    inputs: [context.builder.arranged(x, order)],
  });
}

/** https://onnx.ai/onnx/operators/onnx__MeanVarianceNormalization.html, which adds 1e-9 to the deviation */
export function meanVarianceNormalization(context: Context): DataValue {
  const x = context.data(0);
  const given = context.attrs.ints('axes') ?? [0, 2, 3];
  const over = given.map((axis) => context.axis(axis, x.dims.length));
  return normalizedOver(
    context,
    x,
    over.filter((axis) => x.dims[axis] > 1),
    1e-18,
  );
}

/** https://onnx.ai/onnx/operators/onnx__BatchNormalization.html */
export function batchNormalization(context: Context): DataValue | ReshapedValue {
  const { attrs, builder, node } = context;
  const epsilon = attrs.float('epsilon', 1e-5);
  const training =
    attrs.int('training_mode', 0) === 1 || node.outputs.filter((name) => name !== '').length > 1;
  if (training) {
    if (context.value(0).kind === 'reshaped') return instanceNorm(context, epsilon);
    context.fail('exported in training mode; export it after model.eval()');
  }
  const x = context.data(0);
  const channels = x.dims[1];
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => {
    const constant = context.constant(i);
    return constant?.data.length === channels
      ? constant.data
      : context.fail(`${constant?.data.length ?? 'no'} numbers for ${channels} channels`);
  });
  const factor = (c: number) => scale[c] / Math.sqrt(variance[c] + epsilon);
  const numbers = (of: (c: number) => number) => () =>
    Float32Array.from({ length: channels }, (_, c) => of(c));
  const name = node.outputs[0];
  const axes = context.channelsLast(x);
  return builder.data<'scaleShift'>(context.origin(), x.dims, axes, 1, {
    op: 'scaleShift',
    attributes: {},
    weights: {
      scale: builder.weight(`${name}/scale`, [channels], numbers(factor)),
      shift: builder.weight(
        `${name}/shift`,
        [channels],
        numbers((c) => shift[c] - mean[c] * factor(c)),
      ),
    },
    inputs: [builder.arranged(x, axes)],
  });
}

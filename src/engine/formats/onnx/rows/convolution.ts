import { channelsBehind } from '../../kernels.ts';
import type { Context } from '../context.ts';
import { lead, NO_PAD, pairs } from '../context.ts';
import { type Constant, readerOf, sizeOf } from '../constant.ts';
import type { DataValue } from '../builder.ts';

export interface Window {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
}

/** Window, strides, dilations and explicit pads of a sliding operator over axes 2 and up of `dims`. */
export function windowOf(
  { attrs, fail }: Context,
  dims: readonly number[],
  sizes: readonly number[],
): Window {
  const rank = dims.length - 2;
  if (sizes.length !== rank) fail(`a window of ${sizes.length} axes over a value of ${rank}`);
  const ones = sizes.map(() => 1);
  const strides = attrs.ints('strides') ?? ones;
  const dilations = attrs.ints('dilations') ?? ones;
  const auto = attrs.text('auto_pad', 'NOTSET');
  const given = pairs(attrs.ints('pads') ?? [...ones, ...ones].map(() => 0));
  const pads = sizes.map((size, i): [number, number] => {
    if (auto === 'NOTSET' || auto === '') return given[i];
    if (auto === 'VALID') return [0, 0];
    const input = dims[i + 2];
    const reach = (size - 1) * dilations[i] + 1;
    const total = Math.max(0, (Math.ceil(input / strides[i]) - 1) * strides[i] + reach - input);
    const small = Math.floor(total / 2);
    return auto === 'SAME_LOWER' ? [total - small, small] : [small, total - small];
  });
  return { sizes, strides, dilations, pads };
}

/** Output size of each axis for explicit pads. */
export function slid(
  dims: readonly number[],
  { sizes, strides, dilations, pads }: Window,
): number[] {
  return sizes.map((size, i) => {
    const reach = (size - 1) * dilations[i] + 1;
    return Math.floor((dims[i + 2] + pads[i][0] + pads[i][1] - reach) / strides[i]) + 1;
  });
}

function attributes(window: Window, groups: number, rank: number) {
  return {
    strides: lead(window.strides, rank, 1),
    dilations: lead(window.dilations, rank, 1),
    pads: lead(window.pads, rank, NO_PAD),
    groups,
  };
}

/** Weights `[a, b, …window]` as `[1?, …window, b, a]`. */
function kernel(context: Context, weights: Constant, rank: number): number {
  const [a, b, ...window] = weights.dims;
  const shape = [...lead(window, rank, 1), b, a];
  const name = context.node.inputs[1];
  return context.builder.weight(name, shape, () => channelsBehind(readerOf(weights), weights.dims));
}

function bias(context: Context, channels: number) {
  const given = context.constant(2);
  if (!given) return {};
  if (sizeOf(given.dims) !== channels)
    context.fail(`a bias of ${given.dims} for ${channels} channels`);
  return { bias: context.builder.weight(context.node.inputs[2], [channels], () => given.data) };
}

function checked(context: Context, x: DataValue): Constant {
  const weights = context.constant(1);
  const rank = x.dims.length - 2;
  if (!weights || weights.dims.length !== x.dims.length || rank < 1 || rank > 3) {
    context.fail(`a kernel of [${weights?.dims}] on a value of [${x.dims}]`);
  }
  return weights;
}

/** https://onnx.ai/onnx/operators/onnx__Conv.html; 2D over a stack of slices is 3D with windows one slice thick. */
export function conv(context: Context): DataValue {
  const { attrs, builder } = context;
  const x = context.data(0);
  const weights = checked(context, x);
  const groups = attrs.int('group', 1);
  const [out, perGroup] = weights.dims;
  if (perGroup * groups !== x.dims[1] || out % groups !== 0)
    context.fail(`a kernel of [${weights.dims}] in ${groups} groups on ${x.dims[1]} channels`);
  const window = windowOf(context, x.dims, weights.dims.slice(2));
  const dims = [x.dims[0], out, ...slid(x.dims, window)];
  const axes = context.channelsLast(x);
  const rank = axes.length - 1;
  if (rank > 3) context.fail('a 3D convolution over a batch of volumes');
  return builder.data<'conv'>(context.origin(), dims, axes, 1, {
    op: 'conv',
    attributes: attributes(window, groups, rank),
    weights: { kernel: kernel(context, weights, rank), ...bias(context, out) },
    inputs: [builder.arranged(x, axes)],
  });
}

/** https://onnx.ai/onnx/operators/onnx__ConvTranspose.html */
export function convTranspose(context: Context): DataValue {
  const { attrs, builder } = context;
  const x = context.data(0);
  const weights = checked(context, x);
  const groups = attrs.int('group', 1);
  const out = weights.dims[1] * groups;
  if (weights.dims[0] !== x.dims[1]) context.fail(`a kernel of [${weights.dims}] on [${x.dims}]`);
  const sizes = weights.dims.slice(2);
  const { strides, dilations, pads } = windowOf(context, x.dims, sizes);
  const extra = attrs.ints('output_padding') ?? sizes.map(() => 0);
  const full = sizes.map(
    (size, i) => (x.dims[i + 2] - 1) * strides[i] + (size - 1) * dilations[i] + 1,
  );
  const wanted = attrs.ints('output_shape')?.slice(-sizes.length);
  const auto = attrs.text('auto_pad', 'NOTSET');
  const cut = sizes.map((_, i): [number, number] => {
    const goal = wanted?.[i] ?? (auto.startsWith('SAME') ? x.dims[i + 2] * strides[i] : undefined);
    if (goal === undefined) return [pads[i][0], pads[i][1] - extra[i]];
    const total = full[i] + extra[i] - goal;
    const small = Math.floor(total / 2);
    const [begin, end] = auto === 'SAME_UPPER' ? [small, total - small] : [total - small, small];
    return [begin, end - extra[i]];
  });
  const dims = [x.dims[0], out, ...full.map((n, i) => n - cut[i][0] - cut[i][1])];
  const axes = context.channelsLast(x);
  const rank = axes.length - 1;
  if (rank > 3) context.fail('a 3D convolution over a batch of volumes');
  return builder.data<'convTranspose'>(context.origin(), dims, axes, 1, {
    op: 'convTranspose',
    attributes: attributes({ sizes, strides, dilations, pads: cut }, groups, rank),
    weights: { kernel: kernel(context, weights, rank), ...bias(context, out) },
    inputs: [builder.arranged(x, axes)],
  });
}

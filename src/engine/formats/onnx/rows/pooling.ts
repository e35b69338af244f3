import type { DataValue } from '../builder.ts';
import type { Context } from '../context.ts';
import { lead, NO_PAD } from '../context.ts';
import { slid, type Window, windowOf } from './convolution.ts';

/** Padding behind that lets the last, incomplete window be counted, as `ceil_mode` asks; it must begin inside. */
function completed(dims: readonly number[], window: Window): Window {
  const pads = window.pads.map(([before, after], i): [number, number] => {
    const reach = (window.sizes[i] - 1) * window.dilations[i] + 1;
    const over = dims[i + 2] + before + after - reach;
    const stride = window.strides[i];
    const last = Math.ceil(over / stride) * stride;
    const begins = last < dims[i + 2] + before;
    return [before, begins ? after + Math.max(0, last - over) : after];
  });
  return { ...window, pads };
}

function pool(context: Context) {
  const { attrs, builder } = context;
  const x = context.data(0);
  const sizes = attrs.ints('kernel_shape') ?? context.fail('it has no kernel_shape');
  const stated = windowOf(context, x.dims, sizes);
  const window = attrs.int('ceil_mode', 0) ? completed(x.dims, stated) : stated;
  const dims = [...x.dims.slice(0, 2), ...slid(x.dims, window)];
  const axes = context.channelsLast(x);
  const rank = axes.length - 1;
  if (rank > 3) context.fail('3D pooling over a batch of volumes');
  const attributes = {
    window: lead(window.sizes, rank, 1),
    strides: lead(window.strides, rank, 1),
    dilations: lead(window.dilations, rank, 1),
    pads: lead(window.pads, rank, NO_PAD),
  };
  const input = builder.arranged(x, axes);
  return { dims, axes, rank, attributes, stated, inputs: [input] };
}

/** https://onnx.ai/onnx/operators/onnx__MaxPool.html */
export function maxPool(context: Context): DataValue {
  const { dims, axes, attributes, inputs } = pool(context);
  const spec = { op: 'maxPool', attributes, inputs } as const;
  return context.builder.data(context.origin(), dims, axes, 1, spec);
}

/** https://onnx.ai/onnx/operators/onnx__AveragePool.html */
export function averagePool(context: Context): DataValue {
  const { dims, axes, rank, attributes, stated, inputs } = pool(context);
  const counted = context.attrs.int('count_include_pad', 0) === 1;
  const countedPads = lead(counted ? stated.pads : stated.pads.map(() => NO_PAD), rank, NO_PAD);
  const spec = {
    op: 'averagePool',
    attributes: { ...attributes, countedPads },
    inputs,
  } as const;
  return context.builder.data(context.origin(), dims, axes, 1, spec);
}

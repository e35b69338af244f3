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
  const whole = attrs.int('count_include_pad', 0) === 1;
  const counted = lead(whole ? stated.pads : stated.pads.map(() => NO_PAD), rank, NO_PAD);
  return { dims, axes, attributes, counted, inputs: [input] };
}

type Pool = ReturnType<typeof pool>;

const hasGaps = ({ attributes }: Pool) => attributes.dilations.some((rate) => rate > 1);

/** Below every activation, and finite: padding that never wins. */
const LOWEST = -3.4028234663852886e38;
/** Taps of a window with gaps, each of which is a node. */
const MOST_TAPS = 216;

/** A window with gaps, tap by tap: what each reads of the padded value, combined by `kind`. */
function tapByTap(context: Context, given: Pool, kind: 'maximum' | 'add'): DataValue {
  const { builder } = context;
  const { dims, axes, attributes, inputs } = given;
  const { window, strides, dilations, pads } = attributes;
  const count = window.reduce((a, b) => a * b, 1);
  if (count > MOST_TAPS) context.fail(`a window of ${count} with gaps`);
  const out = axes.map((axis) => dims[axis]);
  const inner = builder.nodeOf(inputs[0]).shape;
  const padded = inner.map((n, i) => n + (pads[i] ? pads[i][0] + pads[i][1] : 0));
  const value = kind === 'maximum' ? LOWEST : 0;
  const margins = [...pads, NO_PAD];
  const around = builder.step<'pad'>(context.origin().name, 'padded', {
    ...{ op: 'pad', attributes: { pads: margins, mode: 'constant', value } },
    ...{ inputs, shape: padded },
  });
  const taps = Array.from({ length: count }, (_, tap) => {
    let rest = tap;
    const at = window.map((_, i) => {
      const behind = window.slice(i + 1).reduce((a, b) => a * b, 1);
      const place = Math.floor(rest / behind);
      rest %= behind;
      return place * dilations[i];
    });
    return builder.step<'slice'>(context.origin().name, `tap ${tap}`, {
      op: 'slice',
      attributes: { begin: [...at, 0], size: out, steps: [...strides, 1] },
      inputs: [around],
      shape: out,
    });
  });
  const spec = { op: 'arithmetic', attributes: { kind }, inputs: taps } as const;
  if (kind === 'maximum') return builder.data(context.origin(), dims, axes, 1, spec);
  const sum = builder.step<'arithmetic'>(context.origin().name, 'sum', { ...spec, shape: out });
  const shares = builder.constantNode(context.origin().name, [...out.slice(0, -1), 1], () =>
    oneOver(given, inner, out),
  );
  const inputs_ = [sum, shares];
  const mean = { op: 'arithmetic', attributes: { kind: 'multiply' }, inputs: inputs_ } as const;
  return builder.data(context.origin(), dims, axes, 1, mean);
}

/** One over the taps of each window that count, x fastest. */
function oneOver(given: Pool, inner: readonly number[], out: readonly number[]): Float32Array {
  const { window, strides, dilations, pads } = given.attributes;
  const counts = window.map((size, axis) =>
    Array.from({ length: out[axis] }, (_, o) => {
      const from = o * strides[axis] - pads[axis][0];
      const [before, after] = given.counted[axis];
      const taps = Array.from({ length: size }, (_, t) => from + t * dilations[axis]);
      return taps.filter((at) => at >= -before && at < inner[axis] + after).length;
    }),
  );
  let all = [1];
  for (const axis of counts) all = all.flatMap((n) => axis.map((m) => n * m));
  return Float32Array.from(all, (n) => 1 / n);
}

/** https://onnx.ai/onnx/operators/onnx__MaxPool.html */
export function maxPool(context: Context): DataValue {
  const given = pool(context);
  if (hasGaps(given)) return tapByTap(context, given, 'maximum');
  const { dims, axes, attributes, inputs } = given;
  const spec = { op: 'maxPool', attributes, inputs } as const;
  return context.builder.data(context.origin(), dims, axes, 1, spec);
}

/** https://onnx.ai/onnx/operators/onnx__AveragePool.html */
export function averagePool(context: Context): DataValue {
  const given = pool(context);
  if (hasGaps(given)) return tapByTap(context, given, 'add');
  const { dims, axes, attributes, inputs } = given;
  const spec = {
    op: 'averagePool',
    attributes: { ...attributes, countedPads: given.counted },
    inputs,
  } as const;
  return context.builder.data(context.origin(), dims, axes, 1, spec);
}

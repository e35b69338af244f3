import type { DataValue, Value } from '../builder.ts';
import { dimsOf } from '../builder.ts';
import { sizeOf } from '../constant.ts';
import { type Context, pairs } from '../context.ts';
import { broadcast, rangesOf, reshapedDims, squeezed, unsqueezed } from '../fold/shapes.ts';

export function reshape(context: Context): Value {
  const value = context.value(0);
  const wanted = context.numbers(1) ?? context.fail('it has no shape');
  const dims = reshapedDims(dimsOf(value), wanted, context.attrs.int('allowzero', 0) === 1);
  return context.reshape(
    value,
    dims ?? context.fail(`[${dimsOf(value)}] cannot become [${wanted}]`),
  );
}

/** https://onnx.ai/onnx/operators/onnx__Flatten.html */
export function flatten(context: Context): Value {
  const value = context.value(0);
  const dims = dimsOf(value);
  const given = context.attrs.int('axis', 1);
  const axis = given < 0 ? given + dims.length : given;
  return context.reshape(value, [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))]);
}

const axesOf = (context: Context) => context.numbers(1) ?? context.attrs.ints('axes');

export const squeeze = (context: Context): Value =>
  context.reshape(context.value(0), squeezed(dimsOf(context.value(0)), axesOf(context)));

export const unsqueeze = (context: Context): Value =>
  context.reshape(
    context.value(0),
    unsqueezed(dimsOf(context.value(0)), axesOf(context) ?? context.fail('it has no axes')),
  );

/** Only says which axis is which; nothing moves. */
export function transpose(context: Context): DataValue {
  const x = context.data(0);
  const rank = x.dims.length;
  const order = context.attrs.ints('perm') ?? x.dims.map((_, i) => rank - 1 - i);
  return permuted(context, x, order);
}

export function permuted(
  context: Context,
  x: DataValue,
  given: readonly number[],
  origin = context.origin(),
): DataValue {
  const order = given.map((axis) => context.axis(axis, x.dims.length));
  const dims = order.map((axis) => x.dims[axis]);
  const axes = x.axes.map((axis) => order.indexOf(axis));
  if (order.length !== x.dims.length || new Set(order).size !== order.length)
    context.fail(`[${order}] is no order of ${x.dims.length} axes`);
  const channel = x.channel === null ? null : order.indexOf(x.channel);
  return context.alias(x, dims, axes, channel, origin);
}

/** The value with all of `needed` among its axes. */
export function withAxes(context: Context, x: DataValue, needed: readonly number[]): DataValue {
  const missing = needed.filter((axis) => !x.axes.includes(axis));
  if (missing.length === 0) return x;
  const axes = [...missing, ...x.axes];
  return { ...x, axes, node: context.builder.arranged(x, axes) };
}

export function concat(context: Context): DataValue {
  const parts = Array.from({ length: context.count }, (_, i) => context.data(i));
  const axis = context.axis(context.attrs.int('axis', 0), parts[0].dims.length);
  return joined(context, parts, axis);
}

export function joined(
  context: Context,
  parts: readonly DataValue[],
  axis: number,
  origin = context.origin(),
): DataValue {
  const { builder } = context;
  const [first] = parts;
  const fits = parts.every(
    ({ dims }) =>
      dims.length === first.dims.length && dims.every((n, i) => i === axis || n === first.dims[i]),
  );
  if (!fits) context.fail(`shapes ${parts.map(({ dims }) => `[${dims}]`).join(', ')} do not fit`);
  const known = parts.find(({ channel }) => channel !== null) ?? first;
  const { axes } = withAxes(context, known, [axis]);
  const dims = first.dims.with(
    axis,
    parts.reduce((sum, x) => sum + x.dims[axis], 0),
  );
  return builder.data<'concat'>(origin, dims, axes, known.channel, {
    op: 'concat',
    attributes: { axis: axes.indexOf(axis) },
    inputs: parts.map((x) => builder.arranged(x, axes)),
  });
}

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

export function cutOut(
  context: Context,
  value: DataValue,
  cuts: readonly Cut[],
  origin = context.origin(),
): DataValue {
  const x = withAxes(
    context,
    value,
    cuts.map(({ axis }) => axis),
  );
  const dims = [...x.dims];
  const begin = x.axes.map(() => 0);
  const steps = x.axes.map(() => 1);
  for (const { axis, start, step, length } of cuts) {
    const at = x.axes.indexOf(axis);
    begin[at] = start;
    steps[at] = step;
    dims[axis] = length;
  }
  if (dims.every((n, i) => n === value.dims[i]) && steps.every((n) => n === 1))
    return context.alias(value, value.dims, value.axes, value.channel, origin);
  const size = x.axes.map((axis) => dims[axis]);
  const spec = { op: 'slice', attributes: { begin, size, steps }, inputs: [x.node] } as const;
  return context.builder.data(origin, dims, x.axes, x.channel, spec);
}

export function slice(context: Context): DataValue {
  const x = context.data(0);
  const { attrs } = context;
  const starts = context.numbers(1) ?? attrs.ints('starts') ?? context.fail('it has no starts');
  const ends = context.numbers(2) ?? attrs.ints('ends') ?? context.fail('it has no ends');
  const axes = context.numbers(3) ?? attrs.ints('axes') ?? starts.map((_, i) => i);
  return cutOut(context, x, rangesOf(x.dims, starts, ends, axes, context.numbers(4) ?? []));
}

export function split(context: Context): readonly DataValue[] {
  const { attrs, node } = context;
  const x = context.data(0);
  const axis = context.axis(attrs.int('axis', 0), x.dims.length);
  const count = attrs.int('num_outputs', node.outputs.length);
  const even = Math.ceil(x.dims[axis] / count);
  const sizes =
    context.numbers(1) ??
    attrs.ints('split') ??
    Array.from({ length: count }, (_, i) => Math.min(even, x.dims[axis] - i * even));
  let start = 0;
  return node.outputs.map((_, i) => {
    const cut = { axis, start, step: 1, length: sizes[i] };
    start += sizes[i];
    return cutOut(context, x, [cut], context.origin(i));
  });
}

/** Entries of an axis by known numbers: one, a run, or several runs behind each other. */
export function gather(context: Context): Value {
  const x = context.data(0);
  const indices = context.constant(1) ?? context.fail('it has no indices');
  const axis = context.axis(context.attrs.int('axis', 0), x.dims.length);
  const part = taken(context, x, axis, [...indices.data]);
  const dims = part.dims.toSpliced(axis, 1, ...indices.dims);
  return context.reshape(part, dims);
}

/**
 * https://onnx.ai/onnx/operators/onnx__GatherND.html at known places: PyTorch's newer exporter writes so what is indexed
 * by lists.
 */
export function gatherPlaces(context: Context): Value {
  const x = context.data(0);
  const { dims, data } = context.constant(1) ?? context.fail('it has no indices');
  const count = dims.at(-1) ?? 0;
  if (context.attrs.int('batch_dims', 0) !== 0) context.fail('batch dimensions');
  if (count < 1 || count > x.dims.length) context.fail(`places of ${count} numbers`);
  const columns = x.dims
    .slice(0, count)
    .map((size, axis) =>
      [...data].filter((_, i) => i % count === axis).map((i) => inside(i, size)),
    );
  const sizes = dims.slice(0, -1);
  const grid = gridOf(columns, sizes);
  if (grid) {
    const part = grid.reduce((part, along, axis) => taken(context, part, axis, along), x);
    return context.reshape(part, part.dims);
  }
  if (columns.some((column, axis) => column.some((i) => !(i >= 0 && i < x.dims[axis]))))
    context.fail(`places outside [${x.dims.slice(0, count)}]`);
  const [, ...rest] = columns;
  const along = rest.reduce(
    (at, next, axis) => at.map((i, place) => i * x.dims[axis + 1] + next[place]),
    columns[0],
  );
  const whole = sizeOf(x.dims.slice(0, count));
  const origin = { ...context.origin(), name: `${context.origin().name}~flat` };
  const flat = context.reshape(x, [whole, ...x.dims.slice(count)], origin);
  const part = taken(context, context.builder.dataOf(flat), 0, along);
  return context.reshape(part, part.dims.toSpliced(0, 1, ...sizes));
}

/** Of places in `sizes`, a column of indices for each axis: those along each one, if all of their combinations are there. */
function gridOf(columns: readonly number[][], sizes: readonly number[]): number[][] | null {
  if (sizes.length !== columns.length) return null;
  const alongs = columns.map((column, axis) => {
    const inner = sizeOf(sizes.slice(axis + 1));
    const along = Array.from({ length: sizes[axis] }, (_, i) => column[i * inner]);
    const same = column.every((index, i) => index === along[Math.floor(i / inner) % sizes[axis]]);
    return same ? along : null;
  });
  return alongs.every((along) => along !== null) ? alongs : null;
}

const inside = (index: number, size: number) => (index < 0 ? index + size : index);

function taken(context: Context, x: DataValue, axis: number, indices: readonly number[]) {
  const size = x.dims[axis];
  const wanted = indices.map((i) => inside(i, size));
  if (wanted.length === 0 || wanted.some((i) => !(i >= 0 && i < size)))
    context.fail(`indices [${wanted.slice(0, 8)}] of an axis of ${size}`);
  return inRuns(context, x, axis, runsOf(wanted), 'taken');
}

interface Run {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** Most runs that an axis is put together of: more is no slicing. */
const MOST_RUNS = 256;

/** Indices as runs with a step each. */
function runsOf(indices: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < indices.length; ) {
    const step = (indices[at + 1] ?? indices[at] + 1) - indices[at];
    let length = 1;
    while (at + length < indices.length && indices[at + length] === indices[at] + length * step)
      length++;
    // A repeated entry is no run.
    if (step === 0) length = 1;
    runs.push({ start: indices[at], step: step === 0 ? 1 : step, length });
    at += length;
  }
  return runs;
}

/** Parts of one axis behind each other, as a step on the way to the node's value. */
function inRuns(
  context: Context,
  x: DataValue,
  axis: number,
  runs: readonly Run[],
  what: string,
): DataValue {
  const origin = context.origin();
  if (runs.length > MOST_RUNS) context.fail(`${runs.length} parts of an axis`);
  const parts = runs.map((run, i) => {
    const name = `${origin.name}~${what}${runs.length > 1 ? ` ${i}` : ''}`;
    return cutOut(context, x, [{ axis, ...run }], { ...origin, name });
  });
  if (parts.length === 1) return parts[0];
  return joined(context, parts, axis, { ...origin, name: `${origin.name}~${what}` });
}

const MODES = { constant: 'constant', reflect: 'reflect', edge: 'edge' } as const;

/** https://onnx.ai/onnx/operators/onnx__Pad.html */
export function pad(context: Context): DataValue {
  const { attrs } = context;
  const given = context.data(0);
  const rank = given.dims.length;
  const mode = attrs.text('mode', 'constant');
  const listed = context.numbers(1) ?? attrs.ints('pads') ?? context.fail('it has no pads');
  const axes =
    context.numbers(3)?.map((axis) => context.axis(axis, rank)) ?? given.dims.map((_, i) => i);
  const all = pairs(listed).map((pair, i) => ({ axis: axes[i], pair }));
  const wanted = all.filter(({ pair }) => pair[0] !== 0 || pair[1] !== 0);
  if (mode === 'wrap') return wrapped(context, given, wanted);
  if (!(mode in MODES)) context.fail(`mode ${mode}`);
  const cuts = wanted
    .filter(({ pair }) => pair[0] < 0 || pair[1] < 0)
    .map(({ axis, pair }) => {
      const start = Math.max(0, -pair[0]);
      const length = given.dims[axis] - start - Math.max(0, -pair[1]);
      return { axis, start, step: 1, length };
    });
  const origin = context.origin();
  const added = wanted.filter(({ pair }) => pair[0] > 0 || pair[1] > 0);
  if (added.length === 0) return cutOut(context, given, cuts, origin);
  const inner = { ...origin, name: `${origin.name}~cut` };
  const cut = cuts.length > 0 ? cutOut(context, given, cuts, inner) : given;
  const x = withAxes(
    context,
    cut,
    added.map(({ axis }) => axis),
  );
  const pads = x.axes.map((axis): [number, number] => {
    const pair = added.find((row) => row.axis === axis)?.pair ?? [0, 0];
    return [Math.max(0, pair[0]), Math.max(0, pair[1])];
  });
  const dims = [...x.dims];
  for (const [i, axis] of x.axes.entries()) dims[axis] += pads[i][0] + pads[i][1];
  const value = context.constant(2)?.data[0] ?? attrs.float('value', 0);
  return context.builder.data<'pad'>(origin, dims, x.axes, x.channel, {
    op: 'pad',
    attributes: { pads, mode: MODES[mode as keyof typeof MODES], value },
    inputs: [x.node],
  });
}

/** Padding with what lies at the other end of each axis. */
function wrapped(
  context: Context,
  given: DataValue,
  wanted: readonly { readonly axis: number; readonly pair: readonly [number, number] }[],
): DataValue {
  let x = given;
  for (const { axis, pair } of wanted) {
    const n = x.dims[axis];
    const [before, after] = pair;
    if (before < 0 || after < 0 || before > n || after > n)
      context.fail(`pads ${before} and ${after} around ${n}`);
    const runs = [
      { start: n - before, step: 1, length: before },
      { start: 0, step: 1, length: n },
      { start: 0, step: 1, length: after },
    ];
    const parts = runs.filter(({ length }) => length > 0);
    x = inRuns(context, x, axis, parts, `wrapped ${axis}`);
  }
  return context.alias(x);
}

function expandedTo(context: Context, given: DataValue, dims: readonly number[]): DataValue {
  const by = dims.length - given.dims.length;
  const lifted = context.reshape(given, [...dims.slice(0, by).map(() => 1), ...given.dims]);
  const x = by > 0 ? context.builder.dataOf(lifted) : given;
  const grown = dims.map((_, i) => i).filter((i) => dims[i] !== x.dims[i]);
  if (grown.length === 0) return by > 0 ? x : context.alias(x);
  const { axes, node } = withAxes(context, x, grown);
  const shape = axes.map((axis) => dims[axis]);
  const spec = { op: 'expand', attributes: { shape }, inputs: [node] } as const;
  return context.builder.data(context.origin(), dims, axes, x.channel, spec, x.meaning);
}

export function expand(context: Context): DataValue {
  const x = context.data(0);
  const wanted = context.numbers(1) ?? context.fail('it has no shape');
  const dims = broadcast(x.dims, wanted) ?? context.fail(`[${x.dims}] to [${wanted}]`);
  return expandedTo(context, x, dims);
}

/** Axes of size 1 are broadcast, others are put behind themselves. */
export function tile(context: Context): DataValue {
  let x = context.data(0);
  const repeats = context.numbers(1) ?? context.fail('it has no repeats');
  if (repeats.length !== x.dims.length || repeats.some((n) => !(n >= 1)))
    context.fail(`repeats [${repeats}]`);
  for (const [axis, times] of repeats.entries()) {
    const length = x.dims[axis];
    if (length === 1 || times === 1) continue;
    if (times > MOST_RUNS) context.fail(`repeats [${repeats}]`);
    const parts = Array.from({ length: times }, () => x);
    const origin = context.origin();
    x = joined(context, parts, axis, { ...origin, name: `${origin.name}~tiled ${axis}` });
  }
  const dims = context.data(0).dims.map((n, i) => n * repeats[i]);
  return expandedTo(context, x, dims);
}

/** https://onnx.ai/onnx/operators/onnx__DepthToSpace.html */
export function depthToSpace(context: Context): Value {
  const { attrs, builder } = context;
  const x = context.data(0);
  const block = attrs.int('blocksize', 1);
  const [n, c, h, w] = x.dims;
  const out = c / block ** 2;
  if (x.dims.length !== 4 || !Number.isInteger(out))
    context.fail(`blocks of ${block} in [${x.dims}]`);
  const crd = attrs.text('mode', 'DCR') === 'CRD';
  const origin = context.origin();
  const parts = crd ? [n, out, block, block, h, w] : [n, block, block, out, h, w];
  const cut = context.reshape(x, parts, { ...origin, name: `${origin.name}~cut` });
  const order = crd ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
  const name = `${origin.name}~turned`;
  const turned = permuted(context, builder.dataOf(cut), order, { ...origin, name });
  return markChannel(context.reshape(turned, [n, out, h * block, w * block]));
}

/** https://onnx.ai/onnx/operators/onnx__SpaceToDepth.html */
export function spaceToDepth(context: Context): Value {
  const { attrs, builder } = context;
  const x = context.data(0);
  const block = attrs.int('blocksize', 1);
  const [n, c, h, w] = x.dims;
  if (x.dims.length !== 4 || h % block || w % block)
    context.fail(`blocks of ${block} in [${x.dims}]`);
  const origin = context.origin();
  const parts = [n, c, h / block, block, w / block, block];
  const cut = context.reshape(x, parts, { ...origin, name: `${origin.name}~cut` });
  const name = `${origin.name}~turned`;
  const turned = permuted(context, builder.dataOf(cut), [0, 3, 5, 1, 2, 4], { ...origin, name });
  return markChannel(context.reshape(turned, [n, c * block ** 2, h / block, w / block]));
}

/** The second axis is known to be the channels', whatever the value was made from. */
const markChannel = (value: Value): Value =>
  value.kind === 'data' || value.kind === 'reshaped' ? { ...value, channel: 1 } : value;

import type { Activation, Reduction } from '../../../graph/operators.ts';
import type { Config } from '../config.ts';
import { isObject } from '../config.ts';
import type { LayerUse } from '../layer.ts';
import type { Value } from '../value.ts';
import { elementwise, softmaxOf } from './activations.ts';
import { pooling } from './pooling.ts';
import { concatenate, merge, nothing, permuted, resized, reshaped } from './shapes.ts';
import type { LayerRow, SplittingRow } from './row.ts';

/**
 * Functions of `keras.ops` called on a layer's output. Unlike the layers of the same name they count the batch among
 * the axes, which {@link LayerUse.axis} does as well.
 */
const fixed = (kind: Activation): LayerRow => elementwise(() => kind);

const number = (config: Config, key: string, otherwise: number) => config.number(key, otherwise);

function axesOf(use: LayerUse, x: Value, key = 'axis'): number[] {
  const all = use.shapeOf(x).map((_, axis) => axis);
  if (!use.config.has(key)) return all;
  return use.config.numbers(key, []).map((axis) => use.axis(axis, x));
}

function reduce(reduction: Reduction): LayerRow {
  return (use, [given]) => {
    const keepDims = use.config.flag('keepdims', false);
    const over = axesOf(use, given);
    const left = use.shapeOf(given).length - over.length;
    const x = keepDims || left < 2 ? given : use.in(given, 'channels_last');
    if (left === 0 && !keepDims) throw use.refuse('leaves one number of all', 'axes that stay');
    const axes = axesOf(use, x).sort((a, b) => a - b);
    return use.add('reduce', { reduction, axes, keepDims }, {}, [x]);
  };
}

/** The sizes behind the batch; the batch itself stays one. */
const withoutBatch = (use: LayerUse, key: string): readonly unknown[] => {
  const value = use.config.json[key];
  if (!Array.isArray(value)) throw use.config.fail(key, 'a list, the batch first');
  return value.slice(1) as unknown[];
};

const reshape: LayerRow = (use, [x]) => {
  const shape = withoutBatch(use, 'newshape');
  if (!shape.every((n) => typeof n === 'number')) throw use.config.fail('newshape', 'whole sizes');
  return reshaped(use, x, shape as number[], 'newshape');
};

const transpose: LayerRow = (use, [x]) => {
  const axes = use.config.numbers('axes', []);
  if (axes[0] !== 0) throw use.config.fail('axes', 'the batch first');
  return permuted(use, x, axes.slice(1), 'axes');
};

const expandDims: LayerRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const shape = use.shapeOf(x);
  const axis = use.config.number('axis', -1);
  const at = axis < 0 ? shape.length + 1 + axis : axis - 1;
  if (at < 0 || at > shape.length) throw use.config.fail('axis', 'an axis behind the batch');
  return use.add('reshape', { shape: shape.toSpliced(at, 0, 1) }, {}, [x]);
};

const squeeze: LayerRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const axes = new Set(axesOf(use, x));
  const named = use.config.has('axis');
  const shape = use.shapeOf(x).filter((size, axis) => size !== 1 || (named && !axes.has(axis)));
  return use.add('reshape', { shape }, {}, [x]);
};

/** Ranges and single places of each axis, the batch first. */
const getItem: LayerRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const shape = use.shapeOf(x);
  const key = use.config.has('slice_spec') ? 'slice_spec' : 'arg1';
  const wanted = use.config.json[key];
  const spelled: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  const accepted = 'ranges that go forward and single places, the whole batch first';
  const left = shape.length + 1 - spelled.length;
  const dots = spelled.findIndex(isEllipsis);
  if (left < (dots < 0 ? 0 : -1)) throw use.config.fail(key, accepted);
  const list = dots < 0 ? spelled : spelled.toSpliced(dots, 1, ...Array(left + 1).fill({}));
  const ranges = list.map((one, i) => rangeOf(one, i === 0 ? 1 : shape[i - 1]));
  if (!ranges.every((range) => range !== undefined) || ranges[0]?.drop)
    throw use.config.fail(key, accepted);
  const own = shape.map((size, axis) => ranges[axis + 1] ?? rangeOf({}, size) ?? ranges[0]);
  return cutOut(use, x, own);
};

interface Range {
  readonly begin: number;
  readonly size: number;
  readonly step: number;
  /** Whether the axis, of one place, is left out. */
  readonly drop: boolean;
}

/** A range of each axis of x. */
function cutOut(use: LayerUse, x: Value, ranges: readonly Range[]): Value {
  const part = use.add(
    'slice',
    {
      begin: ranges.map(({ begin }) => begin),
      size: ranges.map(({ size }) => size),
      steps: ranges.map(({ step }) => step),
    },
    {},
    [x],
  );
  if (!ranges.some(({ drop }) => drop)) return part;
  const kept = ranges.filter(({ drop }) => !drop).map(({ size }) => size);
  return use.add('reshape', { shape: kept }, {}, [part]);
}

/** Pieces of one axis, of these sizes, one behind the other. */
function pieces(use: LayerUse, x: Value, axis: number, sizes: readonly number[], drop: boolean) {
  const all = use.shapeOf(x).map((size) => ({ begin: 0, size, step: 1, drop: false }));
  let begin = 0;
  return sizes.map((size) => {
    const part = cutOut(use, x, all.with(axis, { begin, size, step: 1, drop }));
    begin += size;
    return part;
  });
}

const total = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);

/** As equal as they can be, the longer ones first. */
const evenly = (count: number, whole: number) =>
  Array.from({ length: Math.min(count, whole + 1) }, (_, i) =>
    Math.floor(whole / count + (i < whole % count ? 1 : 0)),
  );

/** `indices_or_sections` of Keras says where the pieces behind the first begin, TensorFlow's setting their sizes. */
const split: SplittingRow = (use, [x]) => {
  const { config } = use;
  const axis = use.axis(config.number('axis', 0), x);
  const whole = use.shapeOf(x)[axis];
  const bySize = config.has('num_or_size_splits');
  const key = bySize ? 'num_or_size_splits' : 'indices_or_sections';
  const given = config.numbers(key, []);
  const bounds = [0, ...given, whole];
  const sizes = !Array.isArray(config.json[key])
    ? evenly(given[0], whole)
    : bySize
      ? given.map((size) => (size === -1 ? whole - total(given) - 1 : size))
      : bounds.slice(1).map((end, i) => end - bounds[i]);
  if (!sizes.every((size) => Number.isInteger(size) && size > 0) || total(sizes) !== whole)
    throw config.fail(key, `pieces of an axis of ${whole}, none of them empty`);
  return pieces(use, x, axis, sizes, false);
};

const unstack: SplittingRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const shape = use.shapeOf(x);
  if (shape.length < 2) throw use.refuse('leaves single numbers', 'axes that stay');
  const axis = use.axis(use.config.number('axis', 0), x);
  return pieces(use, x, axis, Array(shape[axis]).fill(1), true);
};

/** `...`, which stands for all axes that nothing else is said of. */
const isEllipsis = (one: unknown) => isObject(one) && one.class_name === '__ellipsis__';

function rangeOf(one: unknown, size: number) {
  if (Number.isInteger(one)) {
    const begin = (one as number) < 0 ? (one as number) + size : (one as number);
    return begin >= 0 && begin < size ? { begin, size: 1, step: 1, drop: true } : undefined;
  }
  if (!isObject(one) || (one.class_name ?? '__slice__') !== '__slice__') return undefined;
  const { start, stop, step } = isObject(one.config) ? one.config : one;
  const by = step ?? 1;
  const bound = (value: unknown, otherwise: number) =>
    typeof value === 'number'
      ? Math.min(size, Math.max(0, value < 0 ? value + size : value))
      : otherwise;
  const [begin, end] = [bound(start, 0), bound(stop, size)];
  if (!Number.isInteger(by) || (by as number) < 1 || end <= begin) return undefined;
  const count = Math.ceil((end - begin) / (by as number));
  return { begin, size: count, step: by as number, drop: false };
}

const MODES = { constant: 'constant', reflect: 'reflect', edge: 'edge' } as const;

const pad: LayerRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const rank = use.shapeOf(x).length;
  const pads = withoutBatch(use, 'pad_width').map((pair) =>
    Array.isArray(pair) && pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0)
      ? (pair as [number, number])
      : undefined,
  );
  if (pads.length !== rank || !pads.every((pair) => pair !== undefined))
    throw use.config.fail('pad_width', `a pair of numbers for each of ${rank + 1} axes`);
  const word = String(use.config.json.mode ?? 'constant').toLowerCase();
  const mode = Object.values(MODES).find((one) => one === word);
  if (!mode) throw use.config.fail('mode', Object.keys(MODES).join(', '));
  return use.add('pad', { pads, mode, value: use.config.number('constant_values', 0) }, {}, [x]);
};

const pool =
  (kind: 'maxPool' | 'averagePool'): LayerRow =>
  (use, inputs) =>
    pooling(kind, use.shapeOf(inputs[0]).length - 1)(use, inputs);

const normalize: LayerRow = (use, [x]) => {
  if (use.config.number('order', 2) !== 2) throw use.config.fail('order', '2');
  const axes = use.config.numbers('axis', [-1]).map((axis) => use.axis(axis, x));
  return use.add('unitLength', { axes, epsilon: 1e-7 }, {}, [x]);
};

const rsqrt: LayerRow = (use, [x]) =>
  use.add('activation', { kind: 'reciprocal' }, {}, [
    use.add('activation', { kind: 'sqrt' }, {}, [x]),
  ]);

const matmul: LayerRow = (use, inputs) => {
  const xs = inputs.map((x) => use.in(x, 'channels_last'));
  return use.add('matMul', { transposeA: false, transposeB: false }, {}, xs);
};

const resize: LayerRow = (use, [x]) => resized(use, x, use.config.counts('size', 2, 1));

export const OPERATIONS: Readonly<Record<string, LayerRow | SplittingRow>> = {
  ...{ Add: merge('add'), Subtract: merge('subtract'), Multiply: merge('multiply') },
  ...{ Divide: merge('divide'), TrueDivide: merge('divide'), Power: merge('power') },
  ...{ Maximum: merge('maximum'), Minimum: merge('minimum'), Matmul: matmul },
  Relu: fixed({ kind: 'relu' }),
  Relu6: fixed({ kind: 'boundedRelu', slope: 0, threshold: 0, max: 6 }),
  LeakyRelu: elementwise((config) => ({
    kind: 'leakyRelu',
    slope: number(config, 'negative_slope', 0.2),
  })),
  Elu: elementwise((config) => ({ kind: 'elu', alpha: number(config, 'alpha', 1) })),
  Celu: elementwise((config) => ({ kind: 'celu', alpha: number(config, 'alpha', 1) })),
  Selu: fixed({ kind: 'selu' }),
  Gelu: elementwise((config) => ({
    kind: 'gelu',
    form: config.flag('approximate', true) ? 'tanh' : 'exact',
  })),
  Clip: elementwise((config) => ({
    kind: 'clip',
    min: number(config, 'x_min', -Number.MAX_VALUE),
    max: number(config, 'x_max', Number.MAX_VALUE),
  })),
  HardSigmoid: fixed({ kind: 'hardSigmoid', slope: 1 / 6, offset: 0.5 }),
  HardSilu: fixed({ kind: 'hardSilu', slope: 1 / 6, offset: 0.5 }),
  ...{ Sigmoid: fixed({ kind: 'sigmoid' }), LogSigmoid: fixed({ kind: 'logSigmoid' }) },
  ...{ Tanh: fixed({ kind: 'tanh' }), HardTanh: fixed({ kind: 'hardTanh' }) },
  ...{ Silu: fixed({ kind: 'silu' }), Softplus: fixed({ kind: 'softplus' }) },
  ...{ Softsign: fixed({ kind: 'softsign' }), Exp: fixed({ kind: 'exp' }) },
  ...{ Log: fixed({ kind: 'log' }), Sqrt: fixed({ kind: 'sqrt' }), Rsqrt: rsqrt },
  ...{ Square: fixed({ kind: 'square' }), Reciprocal: fixed({ kind: 'reciprocal' }) },
  ...{ Absolute: fixed({ kind: 'abs' }), Abs: fixed({ kind: 'abs' }) },
  ...{ Negative: fixed({ kind: 'negative' }), Erf: fixed({ kind: 'erf' }) },
  ...{ Sin: fixed({ kind: 'sin' }), Cos: fixed({ kind: 'cos' }) },
  ...{ Softmax: softmaxOf(false), LogSoftmax: softmaxOf(true) },
  ...{ Mean: reduce('mean'), Sum: reduce('sum') },
  ...{ Max: reduce('max'), Amax: reduce('max'), Min: reduce('min'), Amin: reduce('min') },
  ...{ Reshape: reshape, Transpose: transpose, Concatenate: concatenate },
  ...{ ExpandDims: expandDims, Squeeze: squeeze, GetItem: getItem, Pad: pad },
  ...{ Split: split, ArraySplit: split, Unstack: unstack },
  ...{ AveragePool: pool('averagePool'), MaxPool: pool('maxPool') },
  ...{ Normalize: normalize, Resize: resize, Cast: nothing, Identity: nothing },
};

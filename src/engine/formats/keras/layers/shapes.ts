import type { Arithmetic, Pads, ResizeAttributes } from '../../../graph/operators.ts';
import type { LayerUse } from '../layer.ts';
import { innerAxis, toLast, type Value } from '../value.ts';
import { spatial } from './convolutions.ts';
import type { LayerRow } from './row.ts';

/** Does nothing outside training. */
export const nothing: LayerRow = (use, [x]) => use.add('identity', {}, {}, [x]);

/** With `data_format: channels_first` Keras flattens as if the channels were last. */
export const flatten: LayerRow = (use, [given]) => {
  const x =
    use.format() === 'channels_first'
      ? use.in(given, 'channels_first')
      : use.in(given, 'channels_last');
  const size = use.shapeOf(x).reduce((a, b) => a * b, 1);
  return use.add('reshape', { shape: [size] }, {}, [x], 'channels_last');
};

export function reshaped(
  use: LayerUse,
  given: Value,
  target: readonly number[],
  key: string,
): Value {
  const x = use.in(given, 'channels_last');
  const size = use.shapeOf(x).reduce((a, b) => a * b, 1);
  const known = target.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const shape = target.map((n) => (n === -1 ? size / known : n));
  const fits = shape.every((n) => Number.isInteger(n) && n > 0);
  if (!fits || shape.reduce((a, b) => a * b, 1) !== size)
    throw use.config.fail(key, `a shape of ${size} elements`);
  return use.add('reshape', { shape }, {}, [x]);
}

export const reshape: LayerRow = (use, [x]) =>
  reshaped(use, x, use.config.numbers('target_shape', []), 'target_shape');

/** Turning the channels to the other end changes only where the file has them. */
export function permuted(use: LayerUse, x: Value, dims: readonly number[], key: string): Value {
  const rank = use.shapeOf(x).length;
  const order = dims.map((dim) => dim - 1);
  if (order.length !== rank || [...order].sort((a, b) => a - b).some((axis, i) => axis !== i))
    throw use.config.fail(key, `the numbers 1 to ${rank} in some order`);
  const channels = x.format === 'channels_first' ? 0 : rank - 1;
  const format = rank > 1 && order[0] === channels ? 'channels_first' : 'channels_last';
  const source = order.map((axis) => innerAxis(axis, rank, x.format));
  const permutation =
    format === 'channels_first' ? toLast(rank).map((axis) => source[axis]) : source;
  const stays = permutation.every((axis, i) => axis === i);
  return stays
    ? { ...use.add('identity', {}, {}, [x]), format }
    : use.add('transpose', { permutation }, {}, [x], format);
}

export const permute: LayerRow = (use, [x]) =>
  permuted(use, x, use.config.numbers('dims', []), 'dims');

export const repeatVector: LayerRow = (use, [x]) => {
  const n = use.config.count('n', 0);
  const [size] = use.shapeOf(x);
  const row = use.add('reshape', { shape: [1, size] }, {}, [x]);
  return use.add('expand', { shape: [n, size] }, {}, [row]);
};

/** All inputs with their channels in the same place. */
function together(use: LayerUse, inputs: readonly Value[]): Value[] {
  const first = inputs.every(({ format }) => format === 'channels_first');
  return inputs.map((x) => use.in(x, first ? 'channels_first' : 'channels_last'));
}

export function merge(kind: Arithmetic): LayerRow {
  return (use, inputs) => {
    if (inputs.length === 1) throw use.refuse('takes one value', 'two or more');
    return use.add('arithmetic', { kind }, {}, together(use, inputs));
  };
}

export const concatenate: LayerRow = (use, inputs) => {
  const xs = together(use, inputs);
  const [axis] = use.config.numbers('axis', [-1]);
  return use.add('concat', { axis: use.axis(axis, xs[0]) }, {}, xs);
};

/** `[[before, after], …]`, `[each, …]` or one number, per axis. */
function margins(use: LayerUse, key: string, rank: number): [number, number][] {
  const value = use.config.json[key] ?? 1;
  const list = Array.isArray(value) ? value : Array(rank).fill(value);
  // One axis alone is written without a list around its pair.
  const rows =
    rank === 1 && list.length === 2 && !Array.isArray(list[0]) ? [list] : (list as unknown[]);
  const pairs = rows.map((row) => (Array.isArray(row) ? row : [row, row]) as unknown[]);
  const fits = pairs.every(
    (pair) => pair.length === 2 && pair.every((n) => Number.isInteger(n) && (n as number) >= 0),
  );
  if (pairs.length !== rank || !fits) throw use.config.fail(key, `${rank} pairs of numbers`);
  return pairs as [number, number][];
}

export function zeroPadding(rank: number): LayerRow {
  return (use, [given]) => {
    const x = use.in(given, use.format());
    spatial(use, x, rank);
    const pads: Pads = [...margins(use, 'padding', rank), [0, 0]];
    return use.add('pad', { pads, mode: 'constant', value: 0 }, {}, [x]);
  };
}

export function cropping(rank: number): LayerRow {
  return (use, [given]) => {
    const x = use.in(given, use.format());
    const { space, channels } = spatial(use, x, rank);
    const cuts = margins(use, 'cropping', rank);
    const begin = [...cuts.map(([before]) => before), 0];
    const size = [...space.map((n, axis) => n - cuts[axis][0] - cuts[axis][1]), channels];
    return use.add('slice', { begin, size, steps: begin.map(() => 1) }, {}, [x]);
  };
}

/** From the middle, where that is smaller. */
export const centerCrop: LayerRow = (use, [given]) => {
  const x = use.in(given, use.format());
  const { space, channels } = spatial(use, x, 2);
  const size = ['height', 'width'].map((key) => use.config.count(key, 0));
  if (size.some((n, axis) => n > space[axis]))
    throw use.refuse(`cuts [${size}] from [${space}]`, 'sizes that are not larger than its input');
  const begin = [...size.map((n, axis) => Math.floor((space[axis] - n) / 2)), 0];
  return use.add('slice', { begin, size: [...size, channels], steps: begin.map(() => 1) }, {}, [x]);
};

const INTERPOLATIONS: Readonly<Record<string, Pick<ResizeAttributes, 'mode' | 'coordinates'>>> = {
  nearest: { mode: 'nearest', coordinates: 'half-pixel-nearest' },
  bilinear: { mode: 'linear', coordinates: 'half-pixel' },
  // As TensorFlow does.
  bicubic: {
    mode: { cubic: -0.5, antialias: false, excludeOutside: true },
    coordinates: 'half-pixel',
  },
};

/** x resized to `sizes` of its spatial axes as `interpolation` says. */
export function resized(use: LayerUse, given: Value, sizes: readonly number[]): Value {
  const x = use.in(given, use.format());
  const { space } = spatial(use, x, sizes.length);
  const words = Object.keys(INTERPOLATIONS);
  const word = use.config.choice('interpolation', words, 'bilinear');
  for (const key of ['crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'antialias']) {
    if (use.config.flag(key, false)) throw use.config.fail(key, 'false');
  }
  const scales = sizes.map((size, axis) => size / space[axis]);
  const attributes = { sizes, scales, rounding: 'floor', ...INTERPOLATIONS[word] } as const;
  return use.add('resize', attributes, {}, [x]);
}

export const resizing: LayerRow = (use, [x]) =>
  resized(
    use,
    x,
    ['height', 'width'].map((key) => use.config.count(key, 0)),
  );

export function upsampling(rank: number): LayerRow {
  return (use, [given]) => {
    const x = use.in(given, use.format());
    const { space } = spatial(use, x, rank);
    const scales = use.config.counts('size', rank, 2);
    const sizes = space.map((n, axis) => n * scales[axis]);
    if (use.config.json.interpolation !== 'nearest' && use.config.has('interpolation'))
      return resized(use, x, sizes);
    const attributes = { mode: 'nearest', coordinates: 'asymmetric', rounding: 'floor' } as const;
    return use.add('resize', { sizes, scales, ...attributes }, {}, [x]);
  };
}

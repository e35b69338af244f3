import type { Arithmetic, Pads } from '../../../graph/operators.ts';
import type { LayerUse } from '../layer.ts';
import { toFirst, toLast, type Value } from '../value.ts';
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

export const reshape: LayerRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const target = use.config.numbers('target_shape', []);
  const size = use.shapeOf(x).reduce((a, b) => a * b, 1);
  const known = target.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const shape = target.map((n) => (n === -1 ? size / known : n));
  const fits = shape.every((n) => Number.isInteger(n) && n > 0);
  if (!fits || shape.reduce((a, b) => a * b, 1) !== size)
    throw use.config.fail('target_shape', `a shape of ${size} elements`);
  return use.add('reshape', { shape }, {}, [x]);
};

/** Turning the channels to the other end changes only where the file has them. */
export const permute: LayerRow = (use, [given]) => {
  const dims = use.config.numbers('dims', []);
  const rank = use.shapeOf(given).length;
  const order = dims.map((dim) => dim - 1);
  if (order.length !== rank || [...order].sort((a, b) => a - b).some((axis, i) => axis !== i))
    throw use.config.fail('dims', `the numbers 1 to ${rank} in some order`);
  const is = (other: readonly number[]) => other.join() === order.join();
  if (given.format === 'channels_first' && is(toLast(rank)))
    return { ...use.add('identity', {}, {}, [given]), format: 'channels_last' };
  if (given.format === 'channels_last' && is(toFirst(rank)))
    return { ...use.add('identity', {}, {}, [given]), format: 'channels_first' };
  const x = use.in(given, 'channels_last');
  return use.add('transpose', { permutation: order }, {}, [x]);
};

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
  return (use, inputs) => use.add('arithmetic', { kind }, {}, together(use, inputs));
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

export function upsampling(rank: number): LayerRow {
  return (use, [given]) => {
    const x = use.in(given, use.format());
    const { space } = spatial(use, x, rank);
    const scales = use.config.counts('size', rank, 2);
    const mode = use.config.choice('interpolation', ['nearest', 'bilinear'], 'nearest');
    const sizes = space.map((n, axis) => n * scales[axis]);
    const attributes =
      mode === 'nearest'
        ? ({ mode: 'nearest', coordinates: 'asymmetric' } as const)
        : ({ mode: 'linear', coordinates: 'half-pixel' } as const);
    return use.add('resize', { sizes, scales, rounding: 'floor', ...attributes }, {}, [x]);
  };
}

import type { Value } from '../value.ts';
import type { LayerUse } from '../layer.ts';
import type { LayerRow } from './row.ts';

/** Axes of `config.axis`, one or a list, counted as the file does; then the graph's. */
function axesOf(use: LayerUse, x: Value, otherwise: readonly number[]): number[] {
  const axes = use.config.numbers('axis', otherwise);
  return axes.map((axis) => use.axis(axis, x)).sort((a, b) => a - b);
}

/** x so that `axis` of the file is the graph's last one, in the format that has it there. */
function channelsOf(use: LayerUse, given: Value): Value {
  const rank = use.shapeOf(given).length;
  const [axis] = use.config.numbers('axis', [-1]);
  const declared = axis < 0 ? axis + rank : axis - 1;
  if (rank > 1 && declared === 0) return use.in(given, 'channels_first');
  if (declared === rank - 1) return use.in(given, 'channels_last');
  throw use.refuse(`normalises axis ${axis}`, 'the first or last axis behind the batch');
}

/** With stored statistics, as outside training. */
export const batchNormalization: LayerRow = (use, [given]) => {
  const x = channelsOf(use, given);
  const channels = use.shapeOf(x).at(-1) ?? 0;
  const { config } = use;
  const [scaled, centred] = [config.flag('scale', true), config.flag('center', true)];
  const epsilon = config.number('epsilon', 1e-3);
  let index = 0;
  const read = (name: string) => use.stored(name, index++, [channels]);
  const gamma = scaled ? read('gamma') : undefined;
  const beta = centred ? read('beta') : undefined;
  const [mean, variance] = [read('moving_mean'), read('moving_variance')];
  const scales = () => {
    const given = gamma?.();
    return variance().map((v, c) => (given ? given[c] : 1) / Math.sqrt(v + epsilon));
  };
  const scale = use.derived('scale', [channels], scales);
  const shift = use.derived('shift', [channels], () => {
    const [by, centre, offset] = [scales(), mean(), beta?.()];
    return by.map((s, c) => (offset ? offset[c] : 0) - centre[c] * s);
  });
  return use.add('scaleShift', {}, { scale, shift }, [x]);
};

function affine(use: LayerUse, shape: readonly number[]) {
  let index = 0;
  const scale = use.config.flag('scale', true)
    ? { scale: use.weight('gamma', index++, shape) }
    : {};
  const shift = use.config.flag('center', true)
    ? { shift: use.weight('beta', index++, shape) }
    : {};
  return { ...scale, ...shift };
}

export const groupNormalization: LayerRow = (use, [given]) => {
  const x = channelsOf(use, given);
  const shape = use.shapeOf(x);
  const channels = shape[shape.length - 1];
  const asked = use.config.count('groups', 32, -1);
  const groups = asked === -1 ? channels : asked;
  if (groups < 1 || channels % groups !== 0)
    throw use.refuse(`cuts ${channels} channels into ${asked} groups`, 'a divisor of them');
  const epsilon = use.config.number('epsilon', 1e-3);
  // One channel a group is instance norm.
  const axes = shape.map((_, axis) => axis).slice(0, groups === channels ? -1 : undefined);
  const instance = groups === channels && shape.length > 1;
  const attributes = instance
    ? { axes, groups: 1, epsilon }
    : { axes: shape.map((_, axis) => axis), groups, epsilon };
  return use.add('normalization', attributes, affine(use, [channels]), [x]);
};

/** TensorFlow Addons' and Keras contrib's: every channel of every sample by itself. */
export const instanceNormalization: LayerRow = (use, [given]) => {
  const x = channelsOf(use, given);
  const shape = use.shapeOf(x);
  const axes = shape.slice(0, -1).map((_, axis) => axis);
  const epsilon = use.config.number('epsilon', 1e-3);
  const weights = affine(use, [shape[shape.length - 1]]);
  return use.add('normalization', { axes, groups: 1, epsilon }, weights, [x]);
};

export const layerNormalization: LayerRow = (use, [given]) => {
  const first = axesOf(use, given, [-1]);
  const rank = use.shapeOf(given).length;
  const isLast = first.every((axis, i) => axis === rank - first.length + i);
  const x = isLast ? given : use.in(given, 'channels_last');
  const axes = isLast ? first : axesOf(use, x, [-1]);
  const shape = use.shapeOf(x);
  if (axes.some((axis, i) => axis !== rank - axes.length + i))
    throw use.refuse(`normalises axes [${use.config.numbers('axis', [-1])}]`, 'the last ones');
  const epsilon = use.config.number('epsilon', 1e-3);
  const weights = affine(
    use,
    axes.map((axis) => shape[axis]),
  );
  return use.add('normalization', { axes, groups: 1, epsilon }, weights, [x]);
};

export const unitNormalization: LayerRow = (use, [x]) =>
  use.add('unitLength', { axes: axesOf(use, x, [-1]), epsilon: 1e-6 }, {}, [x]);

/** `scale x + offset`, each a number or one per channel. */
export const rescaling: LayerRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const factors = (key: string, otherwise: number) => {
    const values = use.config.numbers(key, [otherwise]);
    return use.derived(key, [values.length], () => Float32Array.from(values));
  };
  const weights = { scale: factors('scale', 1), shift: factors('offset', 0) };
  return use.add('scaleShift', {}, weights, [x]);
};

/** `(x - mean) / max(sqrt(variance), 1e-7)` with given or adapted statistics along one axis or for all. */
export const normalization: LayerRow = (use, [given]) => {
  const { config } = use;
  const all = config.has('axis')
    ? config.numbers('axis', [-1])
    : config.json.axis === null
      ? []
      : [-1];
  const x = all.length === 0 ? given : channelsOf(use, given);
  const channels = all.length === 0 ? 1 : (use.shapeOf(x).at(-1) ?? 1);
  if (all.length > 1) throw use.refuse(`has axes [${all}]`, 'one axis');
  const inConfig = (key: string) => {
    const flat = [config.json[key]].flat(6) as unknown[];
    if (!flat.every((n) => typeof n === 'number')) throw config.fail(key, 'numbers');
    const values = Float32Array.from(flat as number[]);
    return () => (values.length === 1 ? new Float32Array(channels).fill(values[0]) : values);
  };
  const statistic = (key: string, index: number) =>
    config.has(key) ? inConfig(key) : use.stored(key, index, [channels]);
  const [mean, variance] = [statistic('mean', 0), statistic('variance', 1)];
  const invert = config.flag('invert', false);
  const deviations = () => variance().map((v) => Math.max(Math.sqrt(v), 1e-7));
  const scale = use.derived('scale', [channels], () =>
    deviations().map((d) => (invert ? d : 1 / d)),
  );
  const shift = use.derived('shift', [channels], () => {
    const [centre, deviation] = [mean(), deviations()];
    return centre.map((m, c) => (invert ? m : -m / deviation[c]));
  });
  return use.add('scaleShift', {}, { scale, shift }, [x]);
};

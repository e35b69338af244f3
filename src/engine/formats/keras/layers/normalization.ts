import type { Value } from '../value.ts';
import type { LayerUse } from '../layer.ts';
import type { LayerRow } from './row.ts';

/** Axes of `config.axis`, one or a list, counted as the file does; then the graph's. */
function axesOf(use: LayerUse, x: Value, otherwise: readonly number[]): number[] {
  const axes = use.config.numbers('axis', otherwise);
  return axes.map((axis) => use.axis(axis, x)).sort((a, b) => a - b);
}

/** Of the one axis that is normalised, the graph's. */
function axisOf(use: LayerUse, x: Value): number {
  const [axis, ...more] = use.config.numbers('axis', [-1]);
  if (more.length > 0) throw use.config.fail('axis', 'one axis');
  return use.axis(axis, x);
}

/** With stored statistics, as outside training. */
export const batchNormalization: LayerRow = (use, [x]) => {
  const axis = axisOf(use, x);
  const channels = use.shapeOf(x)[axis];
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
  return use.gathered(x, [axis], (rows) => use.add('scaleShift', {}, { scale, shift }, [rows]));
};

function affine(use: LayerUse, stored: readonly number[], shape = stored) {
  let index = 0;
  const scale = use.config.flag('scale', true)
    ? { scale: use.weight('gamma', index++, stored, shape) }
    : {};
  const shift = use.config.flag('center', true)
    ? { shift: use.weight('beta', index++, stored, shape) }
    : {};
  return { ...scale, ...shift };
}

export const groupNormalization: LayerRow = (use, [x]) => {
  const axis = axisOf(use, x);
  const shape = use.shapeOf(x);
  const channels = shape[axis];
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
  const weights = affine(use, [channels]);
  return use.gathered(x, [axis], (rows) => use.add('normalization', attributes, weights, [rows]));
};

/** TensorFlow Addons' and Keras contrib's: every channel of every sample by itself. */
export const instanceNormalization: LayerRow = (use, [x]) => {
  const axis = axisOf(use, x);
  const shape = use.shapeOf(x);
  const axes = shape.slice(0, -1).map((_, other) => other);
  const epsilon = use.config.number('epsilon', 1e-3);
  const weights = affine(use, [shape[axis]]);
  const attributes = { axes, groups: 1, epsilon };
  return use.gathered(x, [axis], (rows) => use.add('normalization', attributes, weights, [rows]));
};

/** The axes that are normalised together lie last, as one, so that scale and shift go along them. */
function together(use: LayerUse, x: Value) {
  const rank = use.shapeOf(x).length;
  const declared = use.config.numbers('axis', [-1]);
  const axes = declared
    .map((axis) => (axis < 0 ? axis + rank + 1 : axis))
    .sort((a, b) => a - b)
    .map((axis) => use.axis(axis, x));
  return { axes, size: axes.map((axis) => use.shapeOf(x)[axis]) };
}

export const layerNormalization: LayerRow = (use, [x]) => {
  const { axes, size } = together(use, x);
  const { config } = use;
  if (config.flag('rms_scaling', false))
    throw use.refuse(
      'divides by the deviation without taking the mean off (rms_scaling)',
      'RMSNormalization',
    );
  const epsilon = config.number('epsilon', 1e-3);
  const shape = [size.reduce((a, b) => a * b, 1)];
  const weights = affine(use, size, shape);
  const last = use.shapeOf(x).length - axes.length;
  return use.gathered(x, axes, (rows) =>
    use.add('normalization', { axes: [last], groups: 1, epsilon }, weights, [rows]),
  );
};

export const rmsNormalization: LayerRow = (use, [x]) => {
  const { axes, size } = together(use, x);
  const epsilon = use.config.number('epsilon', 1e-6);
  const scale = use.weight('scale', 0, size, [size.reduce((a, b) => a * b, 1)]);
  const last = use.shapeOf(x).length - axes.length;
  return use.gathered(x, axes, (rows) =>
    use.add('rmsNormalization', { axes: [last], epsilon }, { scale }, [rows]),
  );
};

export const unitNormalization: LayerRow = (use, [x]) =>
  use.add('unitLength', { axes: axesOf(use, x, [-1]), epsilon: 1e-6 }, {}, [x]);

/** `scale x + offset`, each a number or one per entry of the last axis. */
export const rescaling: LayerRow = (use, [x]) => {
  const factors = (key: string, otherwise: number) => {
    const values = use.config.numbers(key, [otherwise]);
    return use.derived(key, [values.length], () => Float32Array.from(values));
  };
  const weights = { scale: factors('scale', 1), shift: factors('offset', 0) };
  return use.gathered(x, [use.axis(-1, x)], (rows) => use.add('scaleShift', {}, weights, [rows]));
};

/** `(x - mean) / max(sqrt(variance), 1e-7)` with given or adapted statistics along some axes or for all. */
export const normalization: LayerRow = (use, [x]) => {
  const { config } = use;
  const apart = config.json.axis === null ? null : together(use, x);
  const channels = apart ? apart.size.reduce((a, b) => a * b, 1) : 1;
  const inConfig = (key: string) => {
    const flat = [config.json[key]].flat(6) as unknown[];
    if (!flat.every((n) => typeof n === 'number')) throw config.fail(key, 'numbers');
    const values = Float32Array.from(flat as number[]);
    return () => (values.length === 1 ? new Float32Array(channels).fill(values[0]) : values);
  };
  const statistic = (key: string, index: number) =>
    config.has(key) ? inConfig(key) : use.stored(key, index, apart?.size ?? []);
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
  const row = (given: Value) => use.add('scaleShift', {}, { scale, shift }, [given]);
  return apart ? use.gathered(x, apart.axes, row) : row(x);
};

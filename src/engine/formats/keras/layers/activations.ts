import type { Activation } from '../../../graph/operators.ts';
import type { Config } from '../config.ts';
import type { LayerRow } from './row.ts';

/** The word of `activation`. */
export const activation: LayerRow = (use, [given]) => {
  const kind = use.activation();
  // A softmax runs along the file's last axis.
  const x = typeof kind === 'string' ? use.in(given, 'channels_last') : given;
  return use.activate(x, kind);
};

/** A layer for one function, its parameters from the configuration. */
export function elementwise(read: (config: Config) => Activation): LayerRow {
  return (use, [x]) => use.add('activation', read(use.config), {}, [x]);
}

export const relu = elementwise((config) => {
  const max = config.number('max_value', Number.MAX_VALUE);
  const slope = config.number('negative_slope', 0);
  const threshold = config.number('threshold', 0);
  if (!config.has('max_value') && threshold === 0)
    return slope === 0 ? { kind: 'relu' } : { kind: 'leakyRelu', slope };
  const top = config.has('max_value') ? max : Number.POSITIVE_INFINITY;
  return { kind: 'boundedRelu', slope, threshold, max: top };
});

export const leakyRelu = elementwise((config) => ({
  kind: 'leakyRelu',
  slope: config.number(config.has('negative_slope') ? 'negative_slope' : 'alpha', 0.3),
}));

export const elu = elementwise((config) => ({ kind: 'elu', alpha: config.number('alpha', 1) }));

export const thresholdedRelu = elementwise((config) => ({
  kind: 'thresholdedRelu',
  threshold: config.number('theta', 1),
}));

export const softmax: LayerRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const [axis, ...more] = use.config.numbers('axis', [-1]);
  if (more.length > 0) throw use.config.fail('axis', 'one axis');
  return use.add('softmax', { axis: use.axis(axis, x), log: false }, {}, [x]);
};

/** Slopes are shared along some axes of the input's shape, counted with the batch. */
export const prelu: LayerRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const shared = use.config.numbers('shared_axes', []);
  const shape = use.shapeOf(x).map((size, axis) => (shared.includes(axis + 1) ? 1 : size));
  return use.add('prelu', {}, { slope: use.weight('alpha', 0, shape) }, [x]);
};

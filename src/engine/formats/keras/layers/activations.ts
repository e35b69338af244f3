import type { Activation } from '../../../graph/operators.ts';
import type { Config } from '../config.ts';
import type { LayerRow } from './row.ts';

/** The word of `activation`. */
export const activation: LayerRow = (use, [x]) => use.activate(x, use.activation());

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

export function softmaxOf(log: boolean): LayerRow {
  return (use, [x]) => {
    const axes = use.config.numbers('axis', [-1]).map((axis) => use.axis(axis, x));
    if (axes.length === 1) return use.add('softmax', { axis: axes[0], log }, {}, [x]);
    return use.gathered(x, axes, (rows) => {
      const axis = use.shapeOf(rows).length - 1;
      return use.add('softmax', { axis, log }, {}, [rows]);
    });
  };
}

/** Slopes are shared along some axes of the input's shape, counted with the batch. */
export const prelu: LayerRow = (use, [x]) => {
  const shared = use.config.numbers('shared_axes', []);
  const shape = use.declared(x).map((size, axis) => (shared.includes(axis + 1) ? 1 : size));
  const slope = use.weight('alpha', 0, shape, ...use.asGraph(shape, x.format));
  return use.add('prelu', {}, { slope }, [x]);
};

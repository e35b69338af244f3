import { noPads, samePads } from '../../../ops/sliding.ts';
import type { Sliding } from '../../../graph/operators.ts';
import type { LayerUse } from '../layer.ts';
import type { LayerRow } from './row.ts';

/** Strides, dilations and padding of a layer whose input has `space`. */
export function slidingOf(
  use: LayerUse,
  space: readonly number[],
  window: readonly number[],
): Sliding {
  const { config } = use;
  const n = space.length;
  const strides = config.counts('strides', n, 1);
  const dilations = config.counts('dilation_rate', n, 1);
  const padding = config.choice('padding', ['valid', 'same', 'causal'], 'valid');
  const pads =
    padding === 'same'
      ? samePads(space, window, strides, dilations)
      : padding === 'causal'
        ? window.map((size, axis) => [(size - 1) * dilations[axis], 0] as const)
        : noPads(n);
  return { strides, dilations, pads };
}

/** Spatial sizes of the input of a layer with `rank` spatial axes, in the layer's own format. */
export function spatial(use: LayerUse, x: Parameters<LayerUse['shapeOf']>[0], rank: number) {
  const shape = use.shapeOf(x);
  if (shape.length !== rank + 1)
    throw use.refuse(`gets an input of shape [${shape}]`, `${rank} spatial axes and channels`);
  return { space: shape.slice(0, -1), channels: shape[rank] };
}

const bias = (use: LayerUse, index: number, size: number) =>
  use.config.flag('use_bias', true) ? { bias: use.weight('bias', index, [size]) } : {};

export function convolution(rank: number): LayerRow {
  return (use, [given]) => {
    const x = use.in(given, use.format());
    const { space, channels } = spatial(use, x, rank);
    const { config } = use;
    const filters = config.count('filters', 0);
    const groups = config.count('groups', 1);
    const window = config.counts('kernel_size', rank, 1);
    const attributes = { ...slidingOf(use, space, window), groups };
    const activation = use.activation();
    const kernel = use.weight('kernel', 0, [...window, channels / groups, filters]);
    const weights = { kernel, ...bias(use, 1, filters) };
    return use.activate(use.add('conv', attributes, weights, [x]), activation);
  };
}

/** Keras cuts `same` off the full output as the gradient of a convolution to its size does. */
export function transposedConvolution(rank: number): LayerRow {
  return (use, [given]) => {
    const x = use.in(given, use.format());
    const { space, channels } = spatial(use, x, rank);
    const { config } = use;
    const filters = config.count('filters', 0);
    const window = config.counts('kernel_size', rank, 1);
    const strides = config.counts('strides', rank, 1);
    const dilations = config.counts('dilation_rate', rank, 1);
    const padding = config.choice('padding', ['valid', 'same'], 'valid');
    const extra = config.has('output_padding') ? config.counts('output_padding', rank, 0, 0) : null;
    const pads = space.map((size, axis): [number, number] => {
      const span = (window[axis] - 1) * dilations[axis] + 1;
      const full = (size - 1) * strides[axis] + span;
      if (padding === 'valid') return [0, extra ? -extra[axis] : Math.min(0, span - strides[axis])];
      const cut = 2 * Math.floor(span / 2);
      const total = extra ? cut - extra[axis] : full - size * strides[axis];
      const before = Math.floor(Math.max(0, total) / 2);
      return [before, total - before];
    });
    const kernel = use.weight('kernel', 0, [...window, filters, channels]);
    const attributes = { strides, dilations, pads, groups: 1 };
    const weights = { kernel, ...bias(use, 1, filters) };
    return use.activate(use.add('convTranspose', attributes, weights, [x]), use.activation());
  };
}

/** `[…window, channels, each]` is, as it lies in memory, `[…window, 1, channels * each]`. */
function depthwisePart(
  use: LayerUse,
  given: Parameters<LayerRow>[1][0],
  rank: number,
  name: string,
) {
  const x = use.in(given, use.format());
  const { space, channels } = spatial(use, x, rank);
  const each = use.config.count('depth_multiplier', 1);
  const window = use.config.counts('kernel_size', rank, 1);
  const kernel = use.weight(name, 0, [...window, channels, each], [...window, 1, channels * each]);
  const attributes = { ...slidingOf(use, space, window), groups: channels };
  return { x, attributes, kernel, filters: channels * each };
}

export function depthwiseConvolution(rank: number): LayerRow {
  return (use, [given]) => {
    const name = use.config.has('filters') ? 'kernel' : 'depthwise_kernel';
    const { x, attributes, kernel, filters } = depthwisePart(use, given, rank, name);
    const weights = { kernel, ...bias(use, 1, filters) };
    return use.activate(use.add('conv', attributes, weights, [x]), use.activation());
  };
}

export function separableConvolution(rank: number): LayerRow {
  return (use, [given]) => {
    const part = depthwisePart(use, given, rank, 'depthwise_kernel');
    const spread = use.add('conv', part.attributes, { kernel: part.kernel }, [part.x]);
    const filters = use.config.count('filters', 0);
    const ones = Array<number>(rank).fill(1);
    const kernel = use.weight('pointwise_kernel', 1, [...ones, part.filters, filters]);
    const attributes = { strides: ones, dilations: ones, pads: noPads(rank), groups: 1 };
    const weights = { kernel, ...bias(use, 2, filters) };
    return use.activate(use.add('conv', attributes, weights, [spread]), use.activation());
  };
}

export const dense: LayerRow = (use, [given]) => {
  const x = use.in(given, 'channels_last');
  const inner = use.shapeOf(x).at(-1) ?? 0;
  const units = use.config.count('units', 0);
  const weights = { kernel: use.weight('kernel', 0, [inner, units]), ...bias(use, 1, units) };
  return use.activate(use.add('dense', {}, weights, [x]), use.activation());
};

import type { Reduction } from '../../../graph/operators.ts';
import { noPads, samePads } from '../../../ops/sliding.ts';
import { spatial } from './convolutions.ts';
import type { LayerRow } from './row.ts';

export function pooling(kind: 'maxPool' | 'averagePool', rank: number): LayerRow {
  return (use, [given]) => {
    const x = use.in(given, use.format());
    const { space } = spatial(use, x, rank);
    const { config } = use;
    const window = config.counts(config.has('pool_size') ? 'pool_size' : 'pool_length', rank, 2);
    const strides = config.has('strides') ? config.counts('strides', rank, 1) : window;
    const ones = window.map(() => 1);
    const same = config.choice('padding', ['valid', 'same'], 'valid') === 'same';
    const pads = same ? samePads(space, window, strides, ones) : noPads(rank);
    const attributes = { window, strides, dilations: ones, pads };
    return kind === 'maxPool'
      ? use.add('maxPool', attributes, {}, [x])
      : use.add('averagePool', { ...attributes, countedPads: noPads(rank) }, {}, [x]);
  };
}

export function globalPooling(reduction: Reduction, rank: number): LayerRow {
  return (use, [given]) => {
    const x = use.in(given, use.format());
    spatial(use, x, rank);
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    const keepDims = use.config.flag('keepdims', false);
    return use.add('reduce', { reduction, axes, keepDims }, {}, [x]);
  };
}

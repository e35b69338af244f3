import { AppError } from '../../core/errors.ts';
import type { LayerInfo, ModelSidecar } from '../types.ts';
import type { Graph, Step } from './graph.ts';

/** Layers whose output repeats what the layer before them shows. */
const SILENT = /Dropout|Noise|ActivityRegularization|Reshape|Flatten|Permute/;

function isSpatial({ shape, layer }: Step): boolean {
  const space = shape.slice(0, -1);
  return (
    (shape.length === 4 || shape.length === 3) &&
    space.every((size) => size > 0) &&
    space.reduce((a, b) => a * b, 1) > 1 &&
    !SILENT.test(layer.getClassName())
  );
}

/** The layers that can be explained, input first, in forward order; throws when there is none. */
export function explainableLayers(graph: Graph, file: string): LayerInfo[] {
  const scores = graph.steps[graph.steps.length - 1];
  if (scores.shape.length !== 1 || scores.shape[0] < 1) {
    throw new AppError(
      'unsupported',
      `${file}: the network ends in ${scores.name} with output shape [${scores.shape}]; accepted: a classifier that ends in one score per class`,
    );
  }
  const layers = graph.steps
    .filter(isSpatial)
    .map(({ name, layer, shape }) => ({ name, kind: layer.getClassName(), shape }));
  if (!layers.some(({ kind }) => kind !== 'InputLayer')) {
    throw new AppError(
      'unsupported',
      `${file}: the network has no spatial layer, so there is nothing to draw a map on; accepted: networks with a convolution or pooling layer whose output is [z, y, x, channels] or [y, x, channels]`,
    );
  }
  return layers;
}

/** The sidecar's layer, else the last spatial layer before the classifier. */
export function defaultLayer(layers: readonly LayerInfo[], { layer }: ModelSidecar): string {
  return layer ?? layers[layers.length - 1].name;
}

/** Class names of the sidecar, or numbered ones. */
export function classNames(count: number, { classes }: ModelSidecar): readonly string[] {
  return classes ?? Array.from({ length: count }, (_, i) => `class ${i}`);
}

import { AppError } from '../../core/errors.ts';
import type { OpId } from '../graph/operators.ts';
import type { Node, ScoreGraph } from '../graph/types.ts';
import { opOf } from '../ops/table.ts';
import type { LayerInfo, ModelSidecar } from '../types.ts';

function isSpatial(node: Node): boolean {
  const space = node.shape.slice(0, -1);
  return (
    node.partOf === null &&
    (node.shape.length === 4 || node.shape.length === 3) &&
    space.reduce((a, b) => a * b, 1) > 1 &&
    opOf<OpId>(node).shown
  );
}

/** The layers that can be explained, input first, in forward order; throws when there is none. */
export function explainableLayers({ nodes, scores }: ScoreGraph, file: string): LayerInfo[] {
  const end = nodes[scores];
  if (end.shape.length !== 1) {
    throw new AppError(
      'unsupported',
      `${file}: the network ends in ${end.name} with output shape [${end.shape}]; accepted: a classifier that ends in one score per class`,
    );
  }
  const layers = nodes.filter(isSpatial);
  if (!layers.some(({ op }) => op !== 'input')) {
    throw new AppError(
      'unsupported',
      `${file}: the network has no spatial layer, so there is nothing to draw a map on; accepted: networks with a convolution or pooling layer whose output is [z, y, x, channels] or [y, x, channels]`,
    );
  }
  return layers.map(({ name, declared, shape }) => ({ name, kind: declared.kind, shape }));
}

/** The sidecar's layer, else the last spatial layer before the classifier. */
export function defaultLayer(layers: readonly LayerInfo[], { layer }: ModelSidecar): string {
  return layer ?? layers[layers.length - 1].name;
}

/** Class names of the sidecar, or numbered ones. */
export function classNames(count: number, { classes }: ModelSidecar): readonly string[] {
  return classes ?? Array.from({ length: count }, (_, i) => `class ${i}`);
}

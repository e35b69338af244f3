import { AppError } from '../../core/errors.ts';
import { averagesEndAt } from '../graph/averages.ts';
import type { OpId } from '../graph/operators.ts';
import type { Graph, Node, ScoreGraph } from '../graph/types.ts';
import { opOf } from '../ops/table.ts';
import { finalActivation } from '../graph/scores.ts';
import { defaultTarget } from '../target/rows.ts';
import type { LayerInfo, ModelSidecar, OutputInfo } from '../types.ts';

/** Why no map can be drawn on a value; null where one can. */
export function unmappable({ name, shape, declared }: Node): string | null {
  if (shape.length !== 4 && shape.length !== 3)
    return `${name} has shape [${declared.shape.join(', ')}]`;
  if (declared.layout === null)
    return `${name} has shape [${declared.shape.join(', ')}] without a clear axis of channels`;
  return null;
}

/** Layers of one voxel are offered nowhere, but may be asked for: their sums are as good as others'. */
const isOneVoxel = ({ shape }: Node) => shape.slice(0, -1).every((size) => size === 1);

const isShown = (node: Node) =>
  node.partOf === null && unmappable(node) === null && !isOneVoxel(node) && opOf<OpId>(node).shown;

/** Comparisons and what joins them: they only say where something holds, and have no gradient. */
function truthValues(nodes: readonly Node[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of nodes) {
    const joins =
      node.op === 'identity' ||
      (node.op === 'arithmetic' && ['multiply', 'maximum'].includes(node.attributes.kind));
    if (
      (node.op === 'activation' && node.attributes.kind === 'step') ||
      (joins && node.inputs.every((input) => found.has(nodes[input])))
    )
      found.add(node);
  }
  return found;
}

function layerInfo(graph: ScoreGraph, node: Node): LayerInfo {
  const { name, declared, shape } = node;
  const averaged = averagesEndAt(graph, graph.nodes.indexOf(node)) === null;
  return { name, kind: declared.kind, shape, declared, averaged };
}

/** The layers that are offered, input first, in forward order; throws when there is none. */
export function explainableLayers(graph: ScoreGraph, file: string): LayerInfo[] {
  const { nodes, scores } = graph;
  const truths = truthValues(nodes);
  const layers = nodes.filter((node, id) => id !== scores && isShown(node) && !truths.has(node));
  const flat = nodes.find(({ op, shape }) => op === 'input' && shape.length === 2);
  if (flat) {
    throw new AppError(
      'unsupported',
      `${file}: the network takes signals along one axis, [${flat.shape}]; accepted: networks of volumes, [z, y, x, channels], or pictures, [y, x, channels]`,
    );
  }
  if (!layers.some(({ op }) => op !== 'input')) {
    throw new AppError(
      'unsupported',
      `${file}: the network has no spatial layer, so there is nothing to draw a map on; accepted: networks with a convolution or pooling layer whose output is [z, y, x, channels] or [y, x, channels]`,
    );
  }
  return layers.map((node) => layerInfo(graph, node));
}

/**
 * The sidecar's layer; else the last spatial layer before the scores of a classifier, or before the last convolution
 * of an output in space.
 */
export function defaultLayer(
  graph: ScoreGraph,
  layers: readonly LayerInfo[],
  { layer }: ModelSidecar,
): string {
  if (layer !== undefined) return layer;
  const end = graph.nodes[graph.scores];
  const before = end.shape.length > 1 ? beforeLastConvolution(graph) : undefined;
  return (before ?? layers[layers.length - 1]).name;
}

/** The last node offered as a layer in front of the last convolution. */
function beforeLastConvolution({ nodes }: ScoreGraph): Node | undefined {
  const last = nodes.findLast(({ op }) => op === 'conv' || op === 'convTranspose');
  let node = last && nodes[last.inputs[0]];
  while (node && !isShown(node)) node = nodes[node.inputs[0]];
  return node;
}

/** Class names of the sidecar, or numbered ones. */
export function classNames(count: number, { classes }: ModelSidecar): readonly string[] {
  return classes ?? Array.from({ length: count }, (_, i) => `class ${i}`);
}

/** What the network gives, the main output first. */
export function outputsOf(graph: Graph): OutputInfo[] {
  return graph.outputs.map(({ name, node }) => {
    const { shape, op } = graph.nodes[node];
    const removed = finalActivation(graph, node)?.activation ?? null;
    const embedding = shape.length === 1 && op === 'unitLength';
    return { name, shape, target: defaultTarget({ shape }).kind, removed, embedding };
  });
}

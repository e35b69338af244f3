import { AppError, sentence } from '../../core/errors.ts';
import { type PlacedConstants, weightsOf } from '../graph/place.ts';
import type { OpId } from '../graph/operators.ts';
import type { NodeId, NodeOf, Node, ScoreGraph } from '../graph/types.ts';
import { hasChannelKernels } from '../kernels/channels.ts';
import { slopeOf } from '../ops/activation.ts';
import type { PlacedWeights, Reach, Reads, ShapeCall } from '../ops/op.ts';
import { opOf } from '../ops/table.ts';
import { tf } from '../tf.ts';

/**
 * What is computed at once: one node, or a convolution, dense layer or normalisation (`head`) with the ReLU behind it by
 * one kernel, whose value alone is kept then.
 */
export interface Stage {
  readonly node: NodeId;
  readonly head: NodeId | null;
  /** Nodes whose values are read. */
  readonly inputs: readonly NodeId[];
}

/** A network on the current backend, ready to be run and walked backwards. */
export interface Network {
  readonly graph: ScoreGraph;
  /** In the order of their nodes; of every node but the heads. */
  readonly stages: readonly Stage[];
  /** By ReLU: the node that is computed together with it. */
  readonly headOf: ReadonlyMap<NodeId, NodeId>;
  readonly heads: ReadonlySet<NodeId>;
  /** Nodes whose values wait for their last reader of the forward pass alone: see {@link passingNodes}. */
  readonly passing: ReadonlySet<NodeId>;
  /** By node. */
  readonly weights: readonly PlacedWeights<OpId>[];
  /** By node: whether its value depends on no input. */
  readonly constant: readonly boolean[];
}

/** The network of a graph whose weights are placed; it does not own them. */
export function networkOf(graph: ScoreGraph, constants: PlacedConstants): Network {
  const constant: boolean[] = [];
  for (const { op, inputs } of graph.nodes)
    constant.push(op !== 'input' && inputs.every((input) => constant[input]));
  const stages = stagesOf(graph);
  return {
    graph,
    stages,
    headOf: new Map(
      stages.flatMap(({ node, head }): [NodeId, NodeId][] => (head === null ? [] : [[node, head]])),
    ),
    heads: new Set(stages.flatMap(({ head }) => head ?? [])),
    passing: passingNodes({ graph, stages }),
    weights: graph.nodes.map((node) => weightsOf<OpId>(node, constants)),
    constant,
  };
}

/** Steps by which a value that was let go of is computed once more, at most. */
const LONGEST = 4;

/**
 * Nodes whose values no walk back reads, and which {@link nodeValue} computes once more in a few cheap steps where a
 * layer's value is asked for after all.
 */
export function passingNodes({ graph, stages }: Pick<Network, 'graph' | 'stages'>): Set<NodeId> {
  const { nodes, scores } = graph;
  const kept = new Set<NodeId>([scores]);
  for (const { node, head } of stages) {
    const through = head !== null && opOf<OpId>(nodes[head]).leaky === true && hasChannelKernels();
    for (const id of [head ?? node, node]) {
      if (id === node && through) continue;
      const reads = readsOf(nodes[id]);
      if (reads === 'output' || reads === 'both') kept.add(node);
      if (reads === 'inputs' || reads === 'both') for (const i of nodes[id].inputs) kept.add(i);
    }
  }
  const steps = new Map<NodeId, number>();
  for (const { node, head, inputs } of stages) {
    const cheap = [head ?? node, node].every((id) => opOf<OpId>(nodes[id]).cheap);
    const count = 1 + Math.max(0, ...inputs.map((input) => steps.get(input) ?? 0));
    if (cheap && inputs.length > 0 && !kept.has(node) && count <= LONGEST) steps.set(node, count);
  }
  return new Set(steps.keys());
}

/** Which values the way back through a node reads. */
export function readsOf(node: Node): Reads {
  const own = node as NodeOf<OpId>;
  return opOf(own).reads?.(own.attributes) ?? 'both';
}

/** Fuses each ReLU with what comes before it where nothing else reads that. */
export function stagesOf({ nodes, scores }: ScoreGraph): Stage[] {
  const readers = nodes.map(() => 0);
  for (const { inputs } of nodes) for (const input of inputs) readers[input]++;
  const heads = new Map<NodeId, NodeId>();
  for (const [id, node] of nodes.entries()) {
    const [head] = node.inputs;
    const slope = rectifierSlope(node);
    if (slope === null || head === scores || readers[head] !== 1) continue;
    const { withRelu, leaky } = opOf<OpId>(nodes[head]);
    if (withRelu && (slope === 0 || (leaky && slope <= 1))) heads.set(id, head);
  }
  const fused = new Set(heads.values());
  return nodes.flatMap((node, id): Stage[] => {
    if (fused.has(id)) return [];
    const head = heads.get(id) ?? null;
    return [{ node: id, head, inputs: head === null ? node.inputs : nodes[head].inputs }];
  });
}

/** Slope below 0 of a rectifier that keeps signs; null for all other nodes. */
export function rectifierSlope(node: Node): number | null {
  return node.op === 'activation' ? slopeOf(node.attributes) : null;
}

/** Value of a stage for `inputs`, `[V, …]` or a slab of it. */
export function runStage(network: Network, stage: Stage, inputs: readonly tf.Tensor[]): tf.Tensor {
  const id = stage.head ?? stage.node;
  const slope = stage.head === null ? null : rectifierSlope(network.graph.nodes[stage.node]);
  return runNode(network, id, inputs, slope);
}

/** Value of one node. */
export function runNode(
  { graph, weights }: Network,
  id: NodeId,
  inputs: readonly tf.Tensor[],
  slope: number | null = null,
): tf.Tensor {
  const node = graph.nodes[id] as NodeOf<OpId>;
  const op = opOf(node);
  const call = { attributes: node.attributes, weights: weights[id], inputs };
  return named(node, () =>
    tf.tidy(() => (slope !== null && op.withRelu ? op.withRelu(call, slope) : op.forward(call))),
  );
}

/** Adds the layer's name to whatever TensorFlow.js has to say about it. */
export function named<T>(
  { name, partOf, declared }: Pick<Node, 'name' | 'partOf' | 'declared'>,
  run: () => T,
): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'unsupported',
      `layer ${partOf ?? name} (${declared.kind}) could not be computed: ${sentence(error)}`,
      { cause: error },
    );
  }
}

/** Elements that a node's value keeps in memory: none where it is its input in another shape. */
export function keptSize(node: Node): number {
  return opOf<OpId>(node).view ? 0 : node.shape.reduce((a, b) => a * b, 1);
}

/** How a stage meets the slices of its input; null for one that needs the whole volume at once. */
export function reachOf({ nodes, constants }: ScoreGraph, { node, head }: Stage): Reach | null {
  const first = nodes[head ?? node] as NodeOf<OpId>;
  if (first.shape.length !== 4) return null;
  const weights = Object.entries(first.weights as Record<string, number | undefined>);
  const call = {
    attributes: first.attributes,
    inputs: first.inputs.map((input) => nodes[input].shape),
    weights: Object.fromEntries(
      weights.flatMap(([name, id]) => (id === undefined ? [] : [[name, constants[id].shape]])),
    ),
  };
  return opOf(first).reach?.(call as ShapeCall<OpId>) ?? null;
}

/** Numbers among the weights of a node. */
export function weightCount({ constants }: ScoreGraph, { weights }: Node): number {
  let count = 0;
  for (const id of Object.values(weights as Record<string, number | undefined>))
    if (id !== undefined) count += constants[id].shape.reduce((a, b) => a * b, 1);
  return count;
}

import { AppError, sentence } from '../../core/errors.ts';
import { type PlacedConstants, weightsOf } from '../graph/place.ts';
import type { OpId } from '../graph/operators.ts';
import type { NodeId, NodeOf, Node, ScoreGraph } from '../graph/types.ts';
import { hasChannelKernels } from '../kernels/channels.ts';
import { slopeOf } from '../ops/activation.ts';
import type { PlacedWeights, Reach, Reads, ShapeCall } from '../ops/op.ts';
import { opOf } from '../ops/table.ts';
import { tf } from '../tf.ts';

/** What is computed at once, and of which the last node's value alone is kept: see {@link stagesOf}. */
export interface Stage {
  readonly node: NodeId;
  /** The first of several nodes; null where the node stands alone. */
  readonly head: NodeId | null;
  readonly between: readonly NodeId[];
  /** Nodes whose values are read. */
  readonly inputs: readonly NodeId[];
}

/** A network on the current backend, ready to be run and walked backwards. */
export interface Network {
  readonly graph: ScoreGraph;
  /** In the order of their nodes; of every node but those within. */
  readonly stages: readonly Stage[];
  readonly stageOf: ReadonlyMap<NodeId, Stage>;
  /** Nodes of stages but their last ones. */
  readonly within: ReadonlySet<NodeId>;
  /** Nodes whose values wait for their last reader of the forward pass alone: see {@link passingNodes}. */
  readonly passing: ReadonlySet<NodeId>;
  /** Those and others, where memory is short. */
  readonly cheap: ReadonlySet<NodeId>;
  /** By node. */
  readonly weights: readonly PlacedWeights<OpId>[];
  /** By node: whether its value depends on no input. */
  readonly constant: readonly boolean[];
}

/** A network as far as it is looked at before it runs. */
export type Planned = Pick<Network, 'graph' | 'stages'>;

/** The network of a graph whose weights are placed; it does not own them. */
export function networkOf(graph: ScoreGraph, constants: PlacedConstants): Network {
  const constant: boolean[] = [];
  for (const { op, inputs } of graph.nodes)
    constant.push(op !== 'input' && inputs.every((input) => constant[input]));
  const stages = stagesOf(graph);
  return {
    graph,
    stages,
    stageOf: new Map(stages.map((stage) => [stage.node, stage])),
    within: new Set(
      stages.flatMap(({ head, between }) => (head === null ? [] : [head, ...between])),
    ),
    passing: passingNodes({ graph, stages }),
    cheap: passingNodes({ graph, stages }, true),
    weights: graph.nodes.map((node) => weightsOf<OpId>(node, constants)),
    constant,
  };
}

/** Steps that recompute a released value, at most. */
const LONGEST = 4;
/** The same where the way back reads the value: what lies between takes memory then. */
const LONGEST_READ = 2;

/** Products for one number of a convolution that counts as cheap: of the first layer in a network of volumes. */
const FEW_PRODUCTS = 32;

/**
 * Nodes whose values {@link nodeValue} computes once more in a few cheap steps, and which no walk back reads: kept, they
 * would only serve where such a layer itself is asked for. `thin`: also those that it reads.
 */
export function passingNodes(network: Planned, thin = false): Set<NodeId> {
  const { graph, stages } = network;
  const read = new Set<NodeId>();
  for (const stage of stages) {
    const { inputs, output } = readsOfStage(graph, stage);
    if (inputs) for (const input of stage.inputs) read.add(input);
    if (output) read.add(stage.node);
  }
  const steps = new Map<NodeId, number>();
  for (const { node, head, inputs } of stages) {
    const cheap = [head ?? node, node].every((id) => isCheap(graph, id, thin));
    const count = 1 + Math.max(0, ...inputs.map((input) => steps.get(input) ?? 0));
    const most = read.has(node) ? (thin ? LONGEST_READ : 0) : LONGEST;
    if (cheap && inputs.length > 0 && node !== graph.scores && count <= most)
      steps.set(node, count);
  }
  return new Set(steps.keys());
}

function isCheap({ nodes, constants }: ScoreGraph, id: NodeId, thin: boolean): boolean {
  const node = nodes[id];
  if (opOf<OpId>(node).cheap) return true;
  if (!thin || node.op !== 'conv') return false;
  const window = constants[node.weights.kernel].shape.slice(0, -1);
  return window.reduce((a, b) => a * b, 1) <= FEW_PRODUCTS;
}

/** Which values the way back through a stage reads. */
export function readsOfStage({ nodes }: ScoreGraph, { node, head }: Stage) {
  const first = nodes[head ?? node];
  const through = head !== null && opOf<OpId>(first).leaky === true && hasChannelKernels();
  const inputs = readsOf(first);
  const output = through ? 'nothing' : readsOf(nodes[node]);
  return {
    inputs: inputs === 'inputs' || inputs === 'both',
    output: output === 'output' || output === 'both',
  };
}

/** Which values the way back through a node reads. */
export function readsOf(node: Node): Reads {
  const own = node as NodeOf<OpId>;
  return opOf(own).reads?.(own.attributes) ?? 'both';
}

/**
 * Computes together, where nothing else reads what is between them: a convolution or dense layer and the ReLU behind it;
 * a normalisation, factors and shifts of its channels (written apart by ONNX's group normalisation) and a rectifier.
 */
export function stagesOf({ nodes, constants, scores }: ScoreGraph): Stage[] {
  const readers = nodes.map((): NodeId[] => []);
  for (const [id, { inputs }] of nodes.entries())
    for (const input of inputs) readers[input].push(id);
  const chains = new Map<NodeId, readonly NodeId[]>();
  const within = new Set<NodeId>();
  for (const [head, node] of nodes.entries()) {
    const { withRelu, leaky } = opOf<OpId>(node);
    if (!withRelu || within.has(head)) continue;
    const chain = [head];
    const given = new Set(leaky ? weightNames(node) : ['scale', 'shift']);
    for (;;) {
      const last = chain[chain.length - 1];
      const [next, ...others] = readers[last];
      if (last === scores || next === undefined || others.length > 0) break;
      const rectifier = isRectifier(nodes[next], constants);
      const links = rectifier ? rectifier === 'relu' || leaky : addsTo(given, nodes[next]);
      if (links) chain.push(next);
      if (!links || rectifier) break;
    }
    // What only hands the value on may as well do so behind it.
    while (nodes[chain[chain.length - 1]].op === 'identity') chain.pop();
    const end = chain[chain.length - 1];
    if (end === head) continue;
    chains.set(end, chain);
    for (const id of chain) within.add(id);
  }
  return nodes.flatMap(({ inputs }, node): Stage[] => {
    const chain = chains.get(node);
    if (chain)
      return [
        { node, head: chain[0], between: chain.slice(1, -1), inputs: nodes[chain[0]].inputs },
      ];
    return within.has(node) ? [] : [{ node, head: null, between: [], inputs }];
  });
}

/** Whether a node scales or shifts the channels of a normalisation in a way that its own weights could; `given` are those. */
function addsTo(given: Set<string>, node: Node): boolean {
  if (node.op === 'identity') return true;
  const names = weightNames(node);
  if (node.op !== 'scaleShift' || given.has('shift')) return false;
  if (given.has('scale') && names.includes('scale')) return false;
  for (const name of names) given.add(name);
  return true;
}

const weightNames = ({ weights }: Node) =>
  Object.entries(weights).flatMap(([name, id]) => (id === undefined ? [] : [name]));

/** Whether a node keeps the signs of what it takes, times one slope below 0: that of a ReLU, or any. */
function isRectifier({ op, attributes, weights }: Node, constants: ScoreGraph['constants']) {
  if (op === 'activation') {
    const slope = slopeOf(attributes);
    return slope === null ? null : slope === 0 ? 'relu' : 'leaky';
  }
  if (op !== 'prelu' || !hasChannelKernels()) return null;
  return constants[weights.slope].shape.every((n) => n === 1) ? 'leaky' : null;
}

/** Slope below 0 of the rectifier that a stage ends in; 1 for none. */
export function slopeBehind({ graph, weights }: Network, { node, head }: Stage): number {
  const { op, attributes } = graph.nodes[node];
  if (head === null) return 1;
  if (op === 'prelu') return (weights[node] as PlacedWeights<'prelu'>).slope.dataSync()[0];
  return op === 'activation' ? (slopeOf(attributes) as number) : 1;
}

/** What the first node of a stage is given: its weights, and those of what scales and shifts its value. */
export function stageWeights({ graph, weights }: Network, { node, head, between }: Stage) {
  const added = [...between, node].filter((id) => graph.nodes[id].op === 'scaleShift');
  return Object.assign(
    {},
    weights[head ?? node],
    ...(head === null ? [] : added.map((id) => weights[id])),
  );
}

/** Value of a stage for `inputs`, `[V, …]` or a slab of it. */
export function runStage(network: Network, stage: Stage, inputs: readonly tf.Tensor[]): tf.Tensor {
  const node = network.graph.nodes[stage.head ?? stage.node] as NodeOf<OpId>;
  const op = opOf(node);
  const slope = slopeBehind(network, stage);
  const call = { attributes: node.attributes, weights: stageWeights(network, stage), inputs };
  return named(node, () =>
    tf.tidy(() => (slope !== 1 && op.withRelu ? op.withRelu(call, slope) : op.forward(call))),
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

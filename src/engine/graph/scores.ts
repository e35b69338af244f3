import { AppError } from '../../core/errors.ts';
import { nodeNamed } from './named.ts';
import type { Graph, Node, NodeId, OutputActivation, ScoreGraph } from './types.ts';

/** Only rearranges or hands through what it gets, as many networks do after their softmax. */
const REARRANGES: ReadonlySet<Node['op']> = new Set(['reshape', 'transpose', 'identity']);

/**
 * The part of `graph` that makes one output, or any node by its name, in the same order, without the final softmax,
 * log-softmax or sigmoid (also behind what only rearranges) unless `keepActivation`.
 *
 * @throws AppError 'bad-input' for a name that there is not
 */
export function scoreGraph(graph: Graph, output?: string, keepActivation = false): ScoreGraph {
  const end = findOutput(graph, output);
  const cut = keepActivation ? undefined : finalActivation(graph, end);
  const skipped = cut?.node;
  const before = skipped === undefined ? -1 : graph.nodes[skipped].inputs[0];
  const through = (id: NodeId) => (id === skipped ? before : id);
  const activation = cut?.activation ?? null;
  const pruned = prune(graph, through(end), through);
  return {
    ...pruned,
    nodes: activation === 'sigmoid' ? apart(pruned.nodes) : pruned.nodes,
    activation,
  };
}

/** Behind a sigmoid, each channel is decided by itself. */
function apart(nodes: readonly Node[]): readonly Node[] {
  const last = nodes[nodes.length - 1];
  return [...nodes.slice(0, -1), { ...last, declared: { ...last.declared, independent: true } }];
}

function findOutput({ nodes, outputs }: Graph, name: string | undefined): NodeId {
  if (name === undefined) return outputs[0].node;
  const output = outputs.find((one) => one.name === name);
  const node = output?.node ?? nodeNamed(nodes, name);
  if (node >= 0) return node;
  throw new AppError(
    'bad-input',
    `unknown output '${name}'; accepted: ${outputs.map((one) => one.name).join(', ')}, or the name of a layer`,
  );
}

/** The activation at the end that is read by nothing else than the way to the output. */
export function finalActivation({ nodes }: Graph, end: NodeId) {
  let node = end;
  for (;;) {
    const activation = outputActivation(nodes[node]);
    if (activation) return { node, activation };
    if (!REARRANGES.has(nodes[node].op)) return undefined;
    node = nodes[node].inputs[0];
  }
}

function outputActivation(node: Node): OutputActivation | undefined {
  if (node.op === 'softmax') return node.attributes.log ? 'logSoftmax' : 'softmax';
  if (node.op === 'activation' && node.attributes.kind === 'sigmoid') return 'sigmoid';
  if (node.op === 'activation' && node.attributes.kind === 'logSigmoid') return 'sigmoid';
  return undefined;
}

/** The nodes that `end` depends on, and it as the last one. */
function prune(graph: Graph, end: NodeId, through: (id: NodeId) => NodeId) {
  const needed = new Set<NodeId>([end]);
  for (let id = end; id >= 0; id--) {
    if (!needed.has(id)) continue;
    for (const input of graph.nodes[id].inputs) needed.add(through(input));
  }
  const ids = [...needed].sort((a, b) => a - b);
  const place = new Map(ids.map((id, i) => [id, i]));
  const at = (id: NodeId) => place.get(through(id)) as number;
  const nodes = ids.map((id): Node => {
    const node = graph.nodes[id];
    return { ...node, inputs: node.inputs.map(at) };
  });
  return {
    name: graph.name,
    nodes: named(nodes),
    constants: graph.constants,
    inputs: graph.inputs.flatMap((id) => place.get(id) ?? []),
    outputs: graph.outputs.flatMap(({ name, node }) => {
      const left = place.get(through(node));
      return left === undefined ? [] : [{ name, node: left }];
    }),
    scores: nodes.length - 1,
    unread: graph.nodes
      .filter((_, id) => !needed.has(id))
      .map(({ name, declared, partOf }) => ({ name, declared, partOf })),
  };
}

/** A part of a layer at the end is all that is left of that layer, and has its name. */
function named(nodes: readonly Node[]): readonly Node[] {
  const last = nodes[nodes.length - 1];
  if (last.partOf === null) return nodes;
  return [...nodes.slice(0, -1), { ...last, name: last.partOf, partOf: null }];
}

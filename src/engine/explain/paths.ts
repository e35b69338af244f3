import type { OpId } from '../graph/operators.ts';
import type { NodeId } from '../graph/types.ts';
import { opOf } from '../ops/table.ts';
import type { Network } from './network.ts';

type Graphed = Pick<Network, 'graph'>;

/** For each node, whether one of `targets` is among it and its ancestors. */
export function leadsTo({ graph }: Graphed, targets: ReadonlySet<NodeId>): boolean[] {
  const leads: boolean[] = [];
  for (const [id, { inputs }] of graph.nodes.entries())
    leads.push(targets.has(id) || inputs.some((input) => leads[input]));
  return leads;
}

/** Whether a normalisation that looks at its input lies between a node and the scores. */
export function isNormalised({ graph }: Graphed, target: NodeId): boolean {
  const behind: boolean[] = [];
  const normalised: boolean[] = [];
  for (const [id, node] of graph.nodes.entries()) {
    behind.push(id === target || node.inputs.some((input) => behind[input]));
    const own = id !== target && behind[id] && opOf<OpId>(node).scaleFree === true;
    normalised.push(own || (id !== target && node.inputs.some((input) => normalised[input])));
  }
  return normalised[graph.scores];
}

/** Whether an input reaches the scores on a path that does not go through `target`. */
export function hasBypass({ graph }: Graphed, target: NodeId): boolean {
  const reached: boolean[] = [];
  for (const [id, { op, inputs }] of graph.nodes.entries())
    reached.push(id !== target && (op === 'input' || inputs.some((input) => reached[input])));
  return reached[graph.scores];
}

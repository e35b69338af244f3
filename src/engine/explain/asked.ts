import {
  CAM_METHODS,
  type CamMethod,
  LAYER_METHODS,
  type LayerMethod,
  METHODS,
  methodRow,
} from '../../core/cam/index.ts';
import { badInput } from '../../core/errors.ts';
import { averagesEndAt } from '../graph/averages.ts';
import type { NodeId, ScoreGraph } from '../graph/types.ts';

/** What a node is asked for. */
export interface Asked {
  readonly node: NodeId;
  /** The maps that stand at it. */
  readonly methods: readonly CamMethod[];
  /** Those made of its activations and gradients, and those that others of them need. */
  readonly own: readonly LayerMethod[];
}

/**
 * Where the maps of `methods` stand: those of a layer at each of `nodes`, those of the input at the input, which is
 * added where it is not among them. `nodes` without a map are left out.
 *
 * @throws AppError 'bad-input' for a method that is not defined at one of the nodes
 */
export function askedOf(
  graph: ScoreGraph,
  nodes: readonly NodeId[],
  methods: readonly CamMethod[],
): Asked[] {
  const atInput = methods.filter((method) => methodRow(method).at === 'input');
  const atLayers = methods.filter((method) => methodRow(method).at !== 'input');
  const asked = new Map<NodeId, readonly CamMethod[]>();
  if (atLayers.length > 0) for (const node of nodes) asked.set(node, atLayers);
  const [input] = graph.inputs;
  if (atInput.length > 0) asked.set(input, [...(asked.get(input) ?? []), ...atInput]);
  return [...asked].map(([node, all]) => {
    const own = LAYER_METHODS.filter((method) =>
      all.some((one) => {
        const row = methodRow(one);
        return one === method || (row.at === 'both' && row.layer === method);
      }),
    );
    checkDefined(graph, node, own);
    return { node, methods: all, own };
  });
}

function checkDefined(graph: ScoreGraph, node: NodeId, methods: readonly LayerMethod[]): void {
  const limited = methods.find((method) => METHODS[method].ofAverages);
  const end = limited && averagesEndAt(graph, node);
  if (!end) return;
  const others = CAM_METHODS.filter((method) => {
    const row = methodRow(method);
    return row.at !== 'layer' || !row.ofAverages;
  });
  throw badInput(
    `${METHODS[limited].name} is not defined at layer ${graph.nodes[node].name}: it needs a layer whose averages over space make the scores by linear layers alone, which ends at ${end.name} (${end.declared.kind}); accepted: ${others.join(', ')}`,
  );
}

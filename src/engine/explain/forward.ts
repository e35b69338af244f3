import type { NodeId } from '../graph/types.ts';
import { tf } from '../tf.ts';
import { runChain } from './chain.ts';
import { type Network, runStage, type Stage } from './network.ts';
import { KEEP_ALL, type MemoryPlan } from './slabs.ts';
import type { TaskYielder } from './yielder.ts';

/** Values of the nodes for a batch of volumes, `[batch, …]`; null where one was not kept. */
export type Values = readonly (tf.Tensor | null)[];

/**
 * Runs the network once; returns what `plan` keeps of the nodes from `keepFrom` on and of those that later
 * ones read. The caller disposes it; `input` is disposed also when this throws.
 */
export async function forward(
  network: Network,
  input: tf.Tensor,
  yielder: TaskYielder,
  plan: MemoryPlan = KEEP_ALL,
  keepFrom = 0,
): Promise<Values> {
  const { graph, stages } = network;
  const values: (tf.Tensor | null)[] = graph.nodes.map(() => null);
  values[graph.inputs[0]] = input;
  const readUntil = lastReaders(network);
  try {
    if (plan.chainEnd > 0)
      values[stages[plan.chainEnd].node] = await runChain(network, input, plan, yielder);
    for (const [index, stage] of stages.entries()) {
      if (index <= plan.chainEnd || values[stage.node]) continue;
      await yielder.pause();
      values[stage.node] = runStage(network, stage, valuesOf(values, stage.inputs));
      const passing = plan.thin ? network.cheap : network.passing;
      for (const id of stage.inputs)
        if (passing.has(id) && readUntil[id] === stage.node && !plan.asked.includes(id))
          release(values, id);
      for (let early = 0; early < keepFrom; early++) {
        if (readUntil[early] <= Math.min(stage.node, keepFrom)) release(values, early);
      }
    }
    return values;
  } catch (error) {
    disposeAll(values);
    throw error;
  }
}

/** The scores alone, at once; `input` is the caller's. */
export function predict(network: Network, input: tf.Tensor): tf.Tensor {
  const { graph, stages } = network;
  const readUntil = lastReaders(network);
  const values: (tf.Tensor | null)[] = graph.nodes.map(() => null);
  values[graph.inputs[0]] = input.clone();
  for (const stage of stages) {
    values[stage.node] ??= runStage(network, stage, valuesOf(values, stage.inputs));
    for (const id of stage.inputs) if (readUntil[id] === stage.node) release(values, id);
  }
  const scores = values[graph.scores] as tf.Tensor;
  values[graph.scores] = null;
  disposeAll(values);
  return scores;
}

/** Values that have been kept. */
export function valuesOf(values: Values, ids: readonly NodeId[]): tf.Tensor[] {
  return ids.map((id) => values[id] as tf.Tensor);
}

/** Whether {@link nodeValue} can give the value of a node. */
export function isKnown(network: Network, values: Values, id: NodeId): boolean {
  if (values[id]) return true;
  const { within, passing, cheap } = network;
  return (
    (within.has(id) || passing.has(id) || cheap.has(id)) &&
    stageAt(network, id).inputs.every((input) => isKnown(network, values, input))
  );
}

/**
 * The value of a node, a new tensor: one from the middle of what is computed together, or that only passed through, is
 * computed now.
 */
export function nodeValue(network: Network, values: Values, id: NodeId): tf.Tensor {
  const value = values[id];
  if (value) return tf.clone(value);
  const stage = stageAt(network, id);
  const valueAt = (input: NodeId) => values[input] ?? nodeValue(network, values, input);
  return tf.tidy(() => runStage(network, stage, stage.inputs.map(valueAt)));
}

/** How a node is computed. */
function stageAt({ graph, stageOf }: Network, node: NodeId): Stage {
  const alone = { node, head: null, between: [], inputs: graph.nodes[node].inputs };
  return stageOf.get(node) ?? alone;
}

/** By node: the last node whose computation reads its value. */
export function lastReaders({ graph, stages }: Pick<Network, 'graph' | 'stages'>): number[] {
  const last = graph.nodes.map((_, id) => id);
  for (const { node, inputs } of stages) for (const input of inputs) last[input] = node;
  return last;
}

function release(values: (tf.Tensor | null)[], id: NodeId): void {
  values[id]?.dispose();
  values[id] = null;
}

export function disposeAll(values: Values): void {
  for (const value of new Set(values)) value?.dispose();
}

import { backwardCall } from '../explain/backward.ts';
import { valuesOf, type Values } from '../explain/forward.ts';
import { type Network, runStage } from '../explain/network.ts';
import type { OpId } from '../graph/operators.ts';
import type { ConstantId, NodeOf } from '../graph/types.ts';
import { PLAIN_RULES } from '../ops/op.ts';
import { opOf } from '../ops/table.ts';
import { tf } from '../tf.ts';

/** Values of all nodes at once; the caller disposes them, `input` among them. */
export function runAll(network: Network, input: tf.Tensor): Values {
  const { graph, stages } = network;
  const values: (tf.Tensor | null)[] = graph.nodes.map(() => null);
  values[graph.inputs[0]] = input;
  for (const stage of stages) {
    if (values[stage.node]) continue;
    values[stage.node] = runStage(network, stage, valuesOf(values, stage.inputs));
  }
  return values;
}

/**
 * Gradients of the weights from `dy`, that of the scores `[batch, classes]`, by constant; a weight that is used
 * twice gets the sum. Call within `tf.tidy`.
 */
export function weightGradients(
  network: Network,
  values: Values,
  dy: tf.Tensor,
): ReadonlyMap<ConstantId, tf.Tensor> {
  const { graph } = network;
  const trained = trainable(network);
  const pending: (tf.Tensor | undefined)[] = [];
  pending[graph.scores] = dy;
  const found = new Map<ConstantId, tf.Tensor>();
  for (let id = graph.scores; id >= 0; id--) {
    const own = pending[id];
    if (!own) continue;
    const node = graph.nodes[id] as NodeOf<OpId>;
    const op = opOf(node);
    const wanted = node.inputs.map((input) => trained[input]);
    const call = backwardCall(network, values, id, own, wanted, PLAIN_RULES);
    const gradients = op.weightGradients?.(call) ?? {};
    for (const [name, gradient] of Object.entries(gradients) as [string, tf.Tensor | undefined][]) {
      const constant = (node.weights as Record<string, ConstantId | undefined>)[name];
      if (constant === undefined || !gradient) continue;
      const before = found.get(constant);
      found.set(constant, before ? tf.add(before, gradient) : gradient);
    }
    if (!wanted.includes(true)) continue;
    for (const [i, dx] of op.vjp(call).entries()) {
      if (!dx || !wanted[i]) continue;
      const before = pending[node.inputs[i]];
      pending[node.inputs[i]] = before ? tf.add(before, dx) : dx;
    }
    pending[id] = undefined;
    own.dispose();
  }
  return found;
}

/** By node: whether it or one of its ancestors has weights. */
function trainable({ graph }: Network): boolean[] {
  const has: boolean[] = [];
  for (const { weights, inputs } of graph.nodes)
    has.push(Object.keys(weights).length > 0 || inputs.some((input) => has[input]));
  return has;
}

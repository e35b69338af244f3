import { compileAhead } from '../explain/compile.ts';
import { disposeAll, lastReaders, type Values, valuesOf } from '../explain/forward.ts';
import { type Network, runStage } from '../explain/network.ts';
import type { TaskYielder } from '../explain/yielder.ts';
import type { NodeId } from '../graph/types.ts';
import { tf } from '../tf.ts';

/**
 * Runs the nodes that `wanted` names, from the value of one of them to that of another, and keeps nothing else.
 *
 * @returns the value of `to`; the caller disposes it. `value` is disposed also when this throws
 */
async function runBetween(
  network: Network,
  from: NodeId,
  value: tf.Tensor,
  to: NodeId,
  wanted: (id: NodeId) => boolean,
  yielder: TaskYielder,
): Promise<tf.Tensor> {
  const { graph, stages } = network;
  const values: (tf.Tensor | null)[] = graph.nodes.map(() => null);
  values[from] = value;
  const readUntil = lastReaders(network);
  try {
    for (const stage of stages) {
      if (stage.node > to || values[stage.node] || !wanted(stage.node)) continue;
      await yielder.pause();
      values[stage.node] = runStage(network, stage, valuesOf(values as Values, stage.inputs));
      for (const id of stage.inputs) {
        if (readUntil[id] > stage.node || id === to) continue;
        values[id]?.dispose();
        values[id] = null;
      }
    }
    const made = values[to] as tf.Tensor;
    values[to] = null;
    return made;
  } finally {
    disposeAll(values);
  }
}

export interface Made {
  readonly data: Float32Array;
  /** With the batch in front. */
  readonly shape: readonly number[];
}

/** Numbers of a value that is not needed any more. */
async function taken(tensor: tf.Tensor): Promise<Made> {
  const data = (await tensor.data()) as Float32Array;
  const { shape } = tensor;
  tensor.dispose();
  return { data, shape };
}

/** The value of the shared part's last node for a tile `[z, y, x]` of the input. */
export async function runShared(
  network: Network,
  { cut, inside }: { readonly cut: NodeId; readonly inside: readonly boolean[] },
  tile: Float32Array,
  shape: readonly number[],
  yielder: TaskYielder,
): Promise<Made> {
  const { graph } = network;
  const run = (x: tf.Tensor) =>
    runBetween(
      network,
      graph.inputs[0],
      x,
      cut,
      (id) => inside[id] || network.constant[id],
      yielder,
    );
  const sizes = [1, ...shape, 1];
  const key = `shared ${shape.join()}`;
  await compileAhead(network, key, async () => (await run(tf.zeros(sizes))).dispose());
  return taken(await run(tf.tensor(tile, sizes)));
}

/** The scores of `count` windows from their elements of the shared part. */
export async function runRest(
  network: Network,
  { cut, inside }: { readonly cut: NodeId; readonly inside: readonly boolean[] },
  elements: Float32Array,
  count: number,
  yielder: TaskYielder,
): Promise<Made> {
  const { graph } = network;
  const run = (x: tf.Tensor) =>
    runBetween(network, cut, x, graph.scores, (id) => !inside[id], yielder);
  const sizes = [count, ...graph.nodes[cut].shape];
  const key = `rest ${count}`;
  await compileAhead(network, key, async () => (await run(tf.zeros(sizes))).dispose());
  return taken(await run(tf.tensor(elements, sizes)));
}

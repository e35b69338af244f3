import { AppError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import { type Network, reachOf, runStage } from './network.ts';
import { type MemoryPlan, partIntoSlabs, type Range, throughStep } from './slabs.ts';
import type { TaskYielder } from './yielder.ts';

/**
 * Value of stage `plan.chainEnd` from the volume `input` `[1, z, y, x, c]`, computed slab by slab along z:
 * a slab of the input with enough slices around it passes through all stages of the chain, and the slices that
 * the cuts have made wrong are left out. The same sums as for the whole volume, without the values between.
 */
export async function runChain(
  network: Network,
  input: tf.Tensor,
  { chainEnd, slices }: MemoryPlan,
  yielder: TaskYielder,
): Promise<tf.Tensor> {
  const { graph, stages } = network;
  const depthOf = (index: number) => graph.nodes[stages[index].node].shape[0];
  const chain = stages.slice(1, chainEnd + 1);
  const reaches = chain.map((stage) => {
    const reach = reachOf(graph, stage);
    if (reach) return reach;
    const { name } = graph.nodes[stage.node];
    throw new AppError('internal', `layer ${name} cannot be computed in slabs`);
  });
  const sizes = chain.map((_, i) => depthOf(i));
  const parts: tf.Tensor[] = [];
  let x: tf.Tensor | undefined;
  try {
    for (const { wanted, at } of partIntoSlabs(reaches, sizes, depthOf(chainEnd), slices)) {
      x = cut(input, at, 0);
      let slab: { at: Range; clean: Range } | undefined = { at, clean: at };
      for (const [i, stage] of chain.entries()) {
        await yielder.pause();
        const given: tf.Tensor = x;
        x = runStage(network, stage, [given]);
        given.dispose();
        slab = slab && throughStep(reaches[i], sizes[i], x.shape[1] as number, slab);
      }
      if (!slab || slab.clean[0] > wanted[0] || slab.clean[1] < wanted[1]) {
        throw new AppError('internal', `slices ${wanted} were not computed from slices ${at}`);
      }
      parts.push(cut(x, wanted, slab.at[0]));
      x.dispose();
      x = undefined;
    }
    return parts.length === 1 ? parts[0].clone() : tf.concat(parts, 1);
  } finally {
    x?.dispose();
    tf.dispose(parts);
  }
}

/** Slices `[from, to)` of the whole volume out of a slab that begins at slice `first`. */
function cut(slab: tf.Tensor, [from, to]: Range, first: number): tf.Tensor {
  const [batch, , y, x, channels] = slab.shape;
  return tf.slice(slab, [0, from - first, 0, 0, 0], [batch, to - from, y, x, channels]);
}

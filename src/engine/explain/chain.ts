import { AppError } from '../../core/errors.ts';
import type { Graph } from '../model/graph.ts';
import { tf } from '../tf.ts';
import { callStep, named } from './call.ts';
import type { Breather } from './forward.ts';
import { type MemoryPlan, partIntoSlabs, type Range, reachOf, throughStep } from './slabs.ts';

/**
 * Output of step `plan.chainEnd` from the volume `input` `[1, z, y, x, c]`, computed slab by slab along z:
 * a slab of the input with enough slices around it passes through all steps of the chain, and those that
 * the cuts have spoilt are left out. The same sums as for the whole volume, without the values between.
 */
export async function runChain(
  { steps }: Graph,
  input: tf.Tensor,
  { chainEnd, slices }: MemoryPlan,
  breather: Breather,
): Promise<tf.Tensor> {
  const chain = steps.slice(1, chainEnd + 1);
  const reaches = chain.map((step) => {
    const reach = reachOf(step);
    if (!reach) throw new AppError('internal', `step ${step.name} cannot be computed in slabs`);
    return reach;
  });
  const sizes = steps.slice(0, chainEnd).map(({ shape }) => shape[0]);
  const depth = steps[chainEnd].shape[0];
  const parts: tf.Tensor[] = [];
  let x: tf.Tensor | undefined;
  try {
    for (const { wanted, at } of partIntoSlabs(reaches, sizes, depth, slices)) {
      x = cut(input, at, 0);
      let slab: { at: Range; clean: Range } | undefined = { at, clean: at };
      for (const [i, step] of chain.entries()) {
        await breather.pause();
        const given: tf.Tensor = x;
        x = named(step, () => callStep(step, [given]));
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

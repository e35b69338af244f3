import type { Graph } from '../model/graph.ts';
import { tf } from '../tf.ts';
import { named } from './call.ts';
import type { Breather, Values } from './forward.ts';
import { pullBack } from './pullback.ts';

/**
 * One backward walk from the scores to every step of `targets`: the gradients of all volumes and classes
 * travel as one batch, from the activations of one forward pass, which has kept those from the first target
 * on. `meet` is given the gradients at each target, `[rows, …step's shape]`; they are disposed after it.
 *
 * @param classes of each volume of the batch, equally many: the rows
 * @returns by target: the share of each row's score that the biases behind that step account for
 */
export async function backward(
  graph: Graph,
  values: Values,
  classes: readonly (readonly number[])[],
  targets: ReadonlySet<number>,
  breather: Breather,
  meet: (target: number, dy: tf.Tensor) => Promise<unknown>,
): Promise<ReadonlyMap<number, Float64Array>> {
  const { steps } = graph;
  const leads = leadsTo(graph, targets);
  const pending: (tf.Tensor | null)[] = steps.map(() => null);
  const biasOf = new Map<number, Float64Array>();
  const last = steps.length - 1;
  const count = steps[last].shape[0];
  const rows = classes.flat();
  const seed = new Float32Array(rows.length * count);
  for (const [row, index] of rows.entries()) seed[row * count + index] = 1;
  pending[last] = tf.tensor2d(seed, [rows.length, count]);
  try {
    for (let index = last; index >= 0; index--) {
      const dy = pending[index];
      if (!dy) continue;
      await breather.pause();
      if (targets.has(index)) await meet(index, dy);
      const step = steps[index];
      const wanted = step.inputs.map((input) => leads[input]);
      if (!wanted.includes(true)) {
        drop(pending, index);
        continue;
      }
      const pulled = named(
        step,
        () =>
          tf.tidy((): tf.TensorContainer => {
            const inputValues = step.inputs.map((i) => values[i] as tf.Tensor);
            const stepValues = { inputs: inputValues, output: values[index] as tf.Tensor };
            const { inputs, bias } = pullBack(
              step,
              stepValues,
              dy,
              wanted,
              index === graph.linearStep,
            );
            const sums: (tf.Tensor | null)[] = steps.slice(0, index).map(() => null);
            for (const [i, input] of step.inputs.entries()) {
              const dx = inputs[i];
              if (!wanted[i] || !dx) continue;
              const before = sums[input] ?? pending[input];
              sums[input] = before ? tf.add(before, dx) : dx;
            }
            return { sums, bias } as unknown as tf.TensorContainer;
          }) as unknown as { sums: (tf.Tensor | null)[]; bias: tf.Tensor | null },
      );
      if (pulled.bias) {
        biasOf.set(index, Float64Array.from(await pulled.bias.data()));
        pulled.bias.dispose();
      }
      for (const [input, sum] of pulled.sums.entries()) {
        if (!sum) continue;
        drop(pending, input);
        pending[input] = sum;
      }
      drop(pending, index);
    }
  } finally {
    for (let index = 0; index < pending.length; index++) drop(pending, index);
  }
  const bias = new Map<number, Float64Array>();
  for (const target of targets) {
    const behind = leadsTo(graph, new Set([target]));
    const total = new Float64Array(rows.length);
    for (const [index, share] of biasOf) {
      if (index === target || !behind[index]) continue;
      for (let row = 0; row < total.length; row++) total[row] += share[row];
    }
    bias.set(target, total);
  }
  return bias;
}

/** For each step, whether one of `targets` is among it and its ancestors. */
function leadsTo({ steps }: Graph, targets: ReadonlySet<number>): boolean[] {
  const leads: boolean[] = [];
  for (const [index, { inputs }] of steps.entries()) {
    leads.push(targets.has(index) || inputs.some((input) => leads[input]));
  }
  return leads;
}

function drop(pending: (tf.Tensor | null)[], index: number): void {
  pending[index]?.dispose();
  pending[index] = null;
}

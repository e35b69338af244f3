import type { Graph } from '../model/graph.ts';
import { tf } from '../tf.ts';
import { named } from './call.ts';
import type { Breather, Values } from './forward.ts';
import { pullBack } from './pullback.ts';

/** Gradients and bias shares of some classes at some steps, on the host. */
export interface Gradients {
  /** By step: gradient of the class scores, `[classes, …step's shape]` flattened. */
  readonly at: ReadonlyMap<number, Float32Array>;
  /** By step: the share of each class score that the biases behind that step account for. */
  readonly bias: ReadonlyMap<number, Float64Array>;
}

/**
 * One backward walk from the scores of `classes` to every step of `targets`: the gradients of all
 * classes travel as one batch, from the activations of one forward pass, which has kept those from the
 * first target on.
 */
export async function backward(
  graph: Graph,
  values: Values,
  classes: readonly number[],
  targets: ReadonlySet<number>,
  breather: Breather,
): Promise<Gradients> {
  const { steps } = graph;
  const leads = leadsTo(graph, targets);
  const pending: (tf.Tensor | null)[] = steps.map(() => null);
  const biasOf = new Map<number, Float64Array>();
  const at = new Map<number, Float32Array>();
  const last = steps.length - 1;
  const count = steps[last].shape[0];
  const seed = new Float32Array(classes.length * count);
  for (const [row, index] of classes.entries()) seed[row * count + index] = 1;
  pending[last] = tf.tensor2d(seed, [classes.length, count]);
  try {
    for (let index = last; index >= 0; index--) {
      const dy = pending[index];
      if (!dy) continue;
      await breather.pause();
      if (targets.has(index)) at.set(index, (await dy.data()) as Float32Array);
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
    const total = new Float64Array(classes.length);
    for (const [index, share] of biasOf) {
      if (index === target || !behind[index]) continue;
      for (let c = 0; c < total.length; c++) total[c] += share[c];
    }
    bias.set(target, total);
  }
  return { at, bias };
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

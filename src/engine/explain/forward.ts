import { aborted } from '../../core/errors.ts';
import type { Graph } from '../model/graph.ts';
import type { tf } from '../tf.ts';
import { callStep, named } from './call.ts';
import { runChain } from './chain.ts';
import { KEEP_ALL, type MemoryPlan } from './slabs.ts';

/** Lets messages (an abort) and timers in when the last pause is long ago. */
export class Breather {
  private last = Date.now();
  constructor(
    private readonly signal?: AbortSignal,
    private readonly everyMs = 30,
  ) {}

  /** Throws the `aborted` error when the task was cancelled. */
  async pause(): Promise<void> {
    if (Date.now() - this.last > this.everyMs) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.last = Date.now();
    }
    if (this.signal?.aborted) throw aborted();
  }
}

/** Outputs of the steps for a batch of volumes, the input first; null where one was not kept. */
export type Values = readonly (tf.Tensor | null)[];

/**
 * Runs the network once; returns what `plan` keeps of the steps from `keepFrom` on and of those that later
 * ones read. The caller disposes it; `input` is disposed also when this throws.
 */
export async function forward(
  graph: Graph,
  input: tf.Tensor,
  breather: Breather,
  plan: MemoryPlan = KEEP_ALL,
  keepFrom = 0,
): Promise<Values> {
  const values: (tf.Tensor | null)[] = [input];
  const readUntil = lastReaders(graph);
  const last = graph.steps.length - 1;
  try {
    if (plan.chainEnd > 0) {
      for (let index = 1; index < plan.chainEnd; index++) values.push(null);
      values.push(await runChain(graph, input, plan, breather));
    }
    for (let index = values.length; index <= last; index++) {
      await breather.pause();
      const step = graph.steps[index];
      const inputs = step.inputs.map((i) => values[i] as tf.Tensor);
      values.push(named(step, () => callStep(step, inputs, index === graph.linearStep)));
      for (let early = 0; early < keepFrom; early++) {
        if (readUntil[early] <= Math.min(index, keepFrom)) release(values, early);
      }
    }
    return values;
  } catch (error) {
    disposeAll(values);
    throw error;
  }
}

/** By step: the last step that reads its value. */
export function lastReaders({ steps }: Graph): number[] {
  const last = steps.map((_, index) => index);
  for (const [index, { inputs }] of steps.entries())
    for (const input of inputs) last[input] = index;
  return last;
}

/** Disposes a value, unless a layer has handed it through as its own. */
function release(values: (tf.Tensor | null)[], index: number): void {
  const value = values[index];
  values[index] = null;
  if (value && !values.includes(value)) value.dispose();
}

/** Disposes each tensor once: some layers hand their input through. */
export function disposeAll(values: Values): void {
  for (const value of new Set(values)) value?.dispose();
}

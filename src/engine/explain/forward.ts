import { AppError, aborted, sentence } from '../../core/errors.ts';
import type { Graph, Step } from '../model/graph.ts';
import type { tf } from '../tf.ts';
import { callStep } from './call.ts';

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

/**
 * Runs the network once; returns the output of every step, batch 1, `input` first. The caller disposes
 * them; `input` is disposed also when this throws.
 */
export async function forward(
  graph: Graph,
  input: tf.Tensor,
  breather: Breather,
): Promise<tf.Tensor[]> {
  const values: tf.Tensor[] = [input];
  const last = graph.steps.length - 1;
  try {
    for (let index = 1; index <= last; index++) {
      await breather.pause();
      const step = graph.steps[index];
      const inputs = step.inputs.map((i) => values[i]);
      values.push(named(step, () => callStep(step, inputs, index === graph.linearStep)));
    }
    return values;
  } catch (error) {
    disposeAll(values);
    throw error;
  }
}

/** Disposes each tensor once: some layers hand their input through. */
export function disposeAll(values: Iterable<tf.Tensor>): void {
  for (const value of new Set(values)) value.dispose();
}

/** Adds the layer's name to whatever TensorFlow.js has to say about it. */
export function named<T>(step: Step, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'unsupported',
      `layer ${step.name} (${step.layer.getClassName()}) could not be computed: ${sentence(error)}`,
      { cause: error },
    );
  }
}

import { AppError, sentence } from '../../core/errors.ts';
import type { Step } from '../model/graph.ts';
import { tf, tfl } from '../tf.ts';

type Activation = { apply(x: tf.Tensor): tf.Tensor; getClassName(): string };

let linearActivation: Activation | undefined;

function linear(): Activation {
  const holder = tfl.layers.activation({ activation: 'linear' }) as unknown as {
    activation: Activation;
  };
  linearActivation ??= holder.activation;
  return linearActivation;
}

/** Runs one step on concrete tensors in inference mode (no dropout, moving batch statistics). */
export function callStep(step: Step, inputs: readonly tf.Tensor[], withoutActivation = false) {
  return tf.tidy(() => {
    const run = () => {
      const output = step.layer.call(inputs.length === 1 ? inputs[0] : [...inputs], {
        training: false,
      });
      return Array.isArray(output) ? output[0] : output;
    };
    if (!withoutActivation) return run();
    const layer = step.layer as unknown as { activation: Activation };
    const kept = layer.activation;
    layer.activation = linear();
    try {
      return run();
    } finally {
      layer.activation = kept;
    }
  });
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

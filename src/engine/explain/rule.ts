import type { Step } from '../model/graph.ts';
import { tf } from '../tf.ts';

/** A step's inputs and output for `V` volumes, `[V, …]`. */
export interface StepValues {
  readonly inputs: readonly tf.Tensor[];
  readonly output: tf.Tensor;
}

/** What comes out of one step walked backwards with the gradients of `C` classes of each volume at once. */
export interface Pulled {
  /** Gradient for each input, `[V C, …]`; null where it was not asked for. */
  readonly inputs: readonly (tf.Tensor | null)[];
  /** `sum (dy/dpre) * constant part` of an affine step, `[V C]`; null for a step without one. */
  readonly bias: tf.Tensor | null;
}

/** Walks one kind of step backwards: `dy` is `[V C, …output]`, the classes of one volume in a row. */
export type Rule = (
  step: Step,
  values: StepValues,
  dy: tf.Tensor,
  wanted: readonly boolean[],
) => Pulled;

interface Variable {
  read(): tf.Tensor;
}

/** Fields that tfjs layers keep but do not declare as public. */
interface Fields {
  readonly kernel: Variable;
  readonly bias: Variable | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor; getClassName(): string } | null;
  readonly strides: number[];
  readonly padding: string;
  readonly dilationRate: number | number[];
  readonly poolSize: number[];
  /** Keras writes a list of one into `model.json`. */
  readonly axis: number | readonly [number];
  readonly gamma?: Variable | null;
  readonly beta?: Variable | null;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;
  readonly epsilon: number;
}
export const fields = (step: Step) => step.layer as unknown as Fields;

export const sumRows = (x: tf.Tensor) => tf.sum(tf.reshape(x, [x.shape[0], -1]), 1);

export const keepIf = (wanted: boolean, make: () => tf.Tensor) => (wanted ? make() : null);

/** `sum_v,l dy[r, v, l] * constant[l]` for dy `[rows, …, L]`, `[rows]`. */
export function shareOf(constant: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const sums = tf.sum(tf.reshape(dy, [dy.shape[0], -1, constant.size]), 1);
  return tf.sum(tf.mul(sums, constant), 1);
}

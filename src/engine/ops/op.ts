import type { Attributes, OpId, Weights } from '../graph/operators.ts';
import type { Shape } from '../graph/types.ts';
import type { tf } from '../tf.ts';

/** The weights of a node on the current backend. */
export type PlacedWeights<K extends OpId> = {
  readonly [W in keyof Weights<K>]: undefined extends Weights<K>[W]
    ? tf.Tensor | undefined
    : tf.Tensor;
};

/** One node with values for `V` volumes. */
export interface Call<K extends OpId> {
  readonly attributes: Attributes<K>;
  readonly weights: PlacedWeights<K>;
  /** `[V, …]`; `[1, …]` for those that depend on no input of the network. */
  readonly inputs: readonly tf.Tensor[];
}

/**
 * How normalisations that look at their input are differentiated: as they are, or with mean and variance taken
 * for constants.
 */
export type Statistics = 'plain' | 'frozen';

/**
 * How a rectifier, i.e. an activation that is about the identity above 0 and about constant far below it, hands a
 * gradient on: times its slope; so too, but only what is positive (Springenberg et al. 2015); or what is positive,
 * whatever its input was (Zeiler and Fergus 2014).
 */
export type Rectifiers = 'plain' | 'guided' | 'deconvnet';

/** How operators are differentiated where there is a choice. */
export interface BackwardRules {
  readonly statistics: Statistics;
  readonly rectifiers: Rectifiers;
}

export const PLAIN_RULES: BackwardRules = { statistics: 'plain', rectifiers: 'plain' };

/** One node walked backwards with the gradients of `C` scores of each of `V` volumes at once. */
export interface BackwardCall<K extends OpId> extends Call<K>, BackwardRules {
  /** What the node made, `[V, …]`; see `Op.reads`. */
  readonly output: tf.Tensor;
  /** Slope below 0 of the rectifier behind the operator that `dy` has not passed yet; see `Op.throughRelu`. */
  readonly rectified: number | null;
  /** `[V C, …output]`, the scores of one volume in a row. */
  readonly dy: tf.Tensor;
  /** Inputs whose gradient is asked for. */
  readonly wanted: readonly boolean[];
  /** Inputs that depend on no input of the network. */
  readonly constant: readonly boolean[];
}

/** What shape inference sees of a node. */
export interface ShapeCall<K extends OpId> {
  readonly attributes: Attributes<K>;
  readonly inputs: readonly Shape[];
  /** Shapes of the weights that are there. */
  readonly weights: { readonly [W in keyof Weights<K>]: Shape };
}

/**
 * How an output meets its input along the first axis: output `o` reads `[o * stride - before, … + window)`, `before`
 * and `after` elements of padding around the whole.
 */
export interface Reach {
  readonly window: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
}

export const POINTWISE: Reach = { window: 1, stride: 1, before: 0, after: 0 };

/** Gradient for each input, `[V C, …]`; null where it was not asked for or there is none. */
export type InputGradients = readonly (tf.Tensor | null)[];

/** All that the engine needs to know of an operator. */
export interface Op<K extends OpId> {
  /** Output shape. @throws ShapeError for inputs or weights that do not fit */
  shape(call: ShapeCall<K>): Shape;
  /** `[V, …]`. Reads sizes from its inputs: it may be given slabs of them. */
  forward(call: Call<K>): tf.Tensor;
  /** `relu(forward(…))` by one kernel, where there is one; `slope` is 0 unless the operator is `leaky`. */
  withRelu?(call: Call<K>, slope: number): tf.Tensor;
  /** Whether `withRelu` takes slopes from 0 to 1. */
  readonly leaky?: boolean;
  /** Whether `vjp` and `bias` take a gradient behind the rectifier of `withRelu`, whose value is not needed then. */
  throughRelu?(call: Pick<BackwardCall<K>, 'attributes' | 'inputs' | 'weights'>): boolean;
  /** The vector-Jacobian product. */
  vjp(call: BackwardCall<K>): InputGradients;
  /**
   * The part of each score that comes from what the operator adds whatever its input is, `sum dy * constant`,
   * `[V C]`; null for an operator, and undefined for a node, that adds nothing.
   */
  readonly bias: ((call: BackwardCall<K>) => tf.Tensor | undefined) | null;
  /** Gradients of the weights, for operators that can be trained. */
  weightGradients?(call: BackwardCall<K>): { readonly [W in keyof Weights<K>]?: tf.Tensor };
  /** For computing a value slab by slab; null where the whole is needed at once. */
  readonly reach: ((call: ShapeCall<K>) => Reach | null) | null;
  /** Whether a node is offered as a layer: not if it repeats or rearranges what comes in. */
  readonly shown: boolean;
  /** Whether the value is the input's data in another shape. */
  readonly view: boolean;
  /** Whether the value stays the same when the input is multiplied by a number: `statistics` matters then. */
  readonly scaleFree?: boolean;
  /** Which values `vjp` and `bias` read; of other inputs only the shape, unless they are constant. Absent: both. */
  readonly reads?: (attributes: Attributes<K>) => Reads;
  /** Whether the value is computed once more in about the time that passing it takes. */
  readonly cheap?: boolean;
}

export type Reads = 'nothing' | 'inputs' | 'output' | 'both';

/** Inputs, weights or attributes that do not fit together, in words without the node's name. */
export class ShapeError extends Error {}

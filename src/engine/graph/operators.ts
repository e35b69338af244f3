import type { ConstantId } from './types.ts';

/** One entry per spatial or other axis; axes are counted without the batch. */
export type Sizes = readonly number[];
/** Elements added in front of and behind an axis, one pair per axis. */
export type Pads = readonly (readonly [before: number, after: number])[];

/** What an operator's nodes carry: its attributes, and the constants it must and may have. */
interface Operator<A, Required extends string = never, Optional extends string = never> {
  readonly attributes: A;
  readonly weights: { readonly [W in Required]: ConstantId } & {
    readonly [W in Optional]?: ConstantId;
  };
}

type None = Readonly<Record<never, never>>;

/** A window that slides over the spatial axes, `pads` made explicit by the importer. */
export interface Sliding {
  readonly strides: Sizes;
  readonly dilations: Sizes;
  readonly pads: Pads;
}

export interface ConvAttributes extends Sliding {
  readonly groups: number;
}

export interface PoolAttributes extends Sliding {
  readonly window: Sizes;
}

export interface AveragePoolAttributes extends PoolAttributes {
  /** The part of `pads` that counts in the divisor: zeros for the mean over the voxels inside. */
  readonly countedPads: Pads;
}

export interface NormalizationAttributes {
  /**
   * Axes averaged over: the spatial ones for instance norm, these and the last for group norm, the last ones
   * for layer norm.
   */
  readonly axes: Sizes;
  /** The channels are cut into so many groups, averaged over apart; 1 where that is not asked for. */
  readonly groups: number;
  /** Added to the variance. */
  readonly epsilon: number;
}

export type Reduction = 'mean' | 'sum' | 'max' | 'min' | 'l2';

export interface ReduceAttributes {
  readonly reduction: Reduction;
  readonly axes: Sizes;
  readonly keepDims: boolean;
}

export type Arithmetic =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'power'
  | 'maximum'
  | 'minimum'
  | 'average';

/** Elementwise functions of one number, with their parameters. */
export type Activation =
  | { readonly kind: 'relu' }
  | { readonly kind: 'leakyRelu'; readonly slope: number }
  /** `slope (x - threshold)` below the threshold, x above it, at most `max`. */
  | {
      readonly kind: 'boundedRelu';
      readonly slope: number;
      readonly threshold: number;
      readonly max: number;
    }
  /** x above the threshold, else 0. */
  | { readonly kind: 'thresholdedRelu'; readonly threshold: number }
  | { readonly kind: 'clip'; readonly min: number; readonly max: number }
  | { readonly kind: 'elu'; readonly alpha: number }
  | { readonly kind: 'selu' }
  | { readonly kind: 'celu'; readonly alpha: number }
  | { readonly kind: 'gelu'; readonly form: 'exact' | 'tanh' }
  | { readonly kind: 'sigmoid' }
  | { readonly kind: 'logSigmoid' }
  | { readonly kind: 'tanh' }
  | { readonly kind: 'silu' }
  | { readonly kind: 'mish' }
  /** `clip(slope x + offset, 0, 1)`. */
  | { readonly kind: 'hardSigmoid'; readonly slope: number; readonly offset: number }
  /** x times that. */
  | { readonly kind: 'hardSilu'; readonly slope: number; readonly offset: number }
  | { readonly kind: 'softplus' }
  | { readonly kind: 'softsign' }
  /** `(x + sqrt(x^2 + 4)) / 2`. */
  | { readonly kind: 'squarePlus' }
  /** 0 up to -1, x from 1 on, `(x + 1)^2 / 4` between. */
  | { readonly kind: 'sparsePlus' }
  | { readonly kind: 'hardTanh' }
  | { readonly kind: 'tanhShrink' }
  | { readonly kind: 'softShrink'; readonly lambda: number }
  | { readonly kind: 'hardShrink'; readonly lambda: number }
  | { readonly kind: 'exp' }
  | { readonly kind: 'log' }
  | { readonly kind: 'sqrt' }
  | { readonly kind: 'square' }
  | { readonly kind: 'reciprocal' }
  | { readonly kind: 'abs' }
  | { readonly kind: 'negative' }
  | { readonly kind: 'erf' }
  | { readonly kind: 'sin' }
  | { readonly kind: 'cos' }
  | { readonly kind: 'tan' }
  | { readonly kind: 'asin' }
  | { readonly kind: 'acos' }
  | { readonly kind: 'atan' }
  | { readonly kind: 'sinh' }
  | { readonly kind: 'cosh' }
  | { readonly kind: 'asinh' }
  | { readonly kind: 'acosh' }
  | { readonly kind: 'atanh' }
  /** -1, 0 or 1; constant nearly everywhere, as are the next three. */
  | { readonly kind: 'sign' }
  | { readonly kind: 'floor' }
  | { readonly kind: 'ceil' }
  /** To the nearest even number where two are as near. */
  | { readonly kind: 'round' }
  /** 1 above 0, and at 0 where `inclusive`; else 0. */
  | { readonly kind: 'step'; readonly inclusive: boolean };

/** How a resize weighs the elements around a place. */
export interface ResizeFilter {
  /** Keys' cubic with this coefficient, e.g. -0.75; null for a triangle. */
  readonly cubic: number | null;
  /** Widened by the factor that an axis shrinks by, so that every element counts. */
  readonly antialias: boolean;
  /** Elements beyond the edge do not count; else the one at the edge does in their place. */
  readonly excludeOutside: boolean;
}

/** Resizes every axis but the last; `scales` is output over input as the file gives it. */
export interface ResizeAttributes {
  readonly sizes: Sizes;
  readonly scales: Sizes;
  readonly mode: 'nearest' | 'linear' | ResizeFilter;
  readonly coordinates:
    | 'half-pixel'
    | 'half-pixel-symmetric'
    | 'pytorch-half-pixel'
    | 'half-pixel-nearest'
    | 'align-corners'
    | 'asymmetric';
  /** How `nearest` rounds. */
  readonly rounding: 'floor' | 'ceil' | 'round-prefer-floor' | 'round-prefer-ceil';
}

/**
 * Every operator there is. Values are `[…space, channels]` without the batch; axes in attributes are counted
 * without the batch and never negative. A new operator is an entry here and a row in `ops/table.ts`.
 */
export interface Operators {
  input: Operator<None>;
  /** A value that depends on no input, e.g. one operand of a sum. */
  constant: Operator<None, 'value'>;
  /** Hands its input through: dropout, noise, casts. */
  identity: Operator<None>;
  /** 1, 2 or 3 spatial axes; kernel `[…window, in / groups, out]`, bias `[out]`. */
  conv: Operator<ConvAttributes, 'kernel', 'bias'>;
  /**
   * The adjoint of a convolution; kernel `[…window, out / groups, in]`. `pads` are cut off from the full output,
   * `(in - 1) stride + (window - 1) dilation + 1`; negative ones (output padding) add to it.
   */
  convTranspose: Operator<ConvAttributes, 'kernel', 'bias'>;
  /** `x [… , in]` times kernel `[in, out]` plus bias `[out]`. */
  dense: Operator<None, 'kernel', 'bias'>;
  /** Product of two values over their last two axes; the others are broadcast. */
  matMul: Operator<{ readonly transposeA: boolean; readonly transposeB: boolean }>;
  /** `scale x + shift` along the last axis, each `[channels]` or `[1]`: batch norm with stored statistics. */
  scaleShift: Operator<None, never, 'scale' | 'shift'>;
  /**
   * Instance, group or layer norm: `(x - mean) / sqrt(variance + epsilon) * scale + shift`. Scale and shift have
   * the shape of the last axes, `[channels]` mostly.
   */
  normalization: Operator<NormalizationAttributes, never, 'scale' | 'shift'>;
  /** `x / sqrt(mean of x² along axes + epsilon) * scale`; the scale has the shape of the last axes. */
  rmsNormalization: Operator<{ readonly axes: Sizes; readonly epsilon: number }, never, 'scale'>;
  /** x over its Euclidean length along `axes`, `max(|x|, epsilon)`. */
  unitLength: Operator<{ readonly axes: Sizes; readonly epsilon: number }>;
  maxPool: Operator<PoolAttributes>;
  averagePool: Operator<AveragePoolAttributes>;
  /** Global pooling and the like. */
  reduce: Operator<ReduceAttributes>;
  /** Index of the largest; has no gradient. */
  argMax: Operator<{ readonly axis: number; readonly keepDims: boolean }>;
  activation: Operator<Activation>;
  /** x where it is positive, else slope times x; the slope is broadcast to x. */
  prelu: Operator<None, 'slope'>;
  softmax: Operator<{ readonly axis: number; readonly log: boolean }>;
  /** Of two or more values, broadcast to each other as in NumPy. */
  arithmetic: Operator<{ readonly kind: Arithmetic }>;
  /** The first input where `condition` (0 or 1, broadcast) is set, else the second. */
  where: Operator<None, 'condition'>;
  /** The second input where the first is not 0, else the third; broadcast to each other. */
  select: Operator<None>;
  concat: Operator<{ readonly axis: number }>;
  /** `size` elements of each axis from `begin` on, `steps` apart. */
  slice: Operator<{ readonly begin: Sizes; readonly size: Sizes; readonly steps: Sizes }>;
  pad: Operator<{
    readonly pads: Pads;
    readonly mode: 'constant' | 'reflect' | 'edge';
    readonly value: number;
  }>;
  resize: Operator<ResizeAttributes>;
  reshape: Operator<{ readonly shape: Sizes }>;
  transpose: Operator<{ readonly permutation: Sizes }>;
  /** Broadcast to `shape`. */
  expand: Operator<{ readonly shape: Sizes }>;
}

export type OpId = keyof Operators;
export type Attributes<K extends OpId> = Operators[K]['attributes'];
export type Weights<K extends OpId> = Operators[K]['weights'];

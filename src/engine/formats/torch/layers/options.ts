import type { Attributes, Pads, Sizes } from '../../../graph/operators.ts';

/** A number for all spatial axes, or one for each. */
export type PerAxis = number | Sizes;

export interface ConvOptions {
  readonly stride?: PerAxis;
  /** Zeros on both sides of each axis; half the window by default. */
  readonly padding?: PerAxis;
  /** Zeros in front of and behind each axis, in place of `padding`. */
  readonly pads?: Pads;
  readonly dilation?: PerAxis;
  readonly groups?: number;
}

export interface TransposedOptions extends ConvOptions {
  readonly outputPadding?: PerAxis;
}

export interface PoolOptions {
  readonly window: PerAxis;
  readonly stride?: PerAxis;
  readonly dilation?: PerAxis;
  readonly padding?: PerAxis;
  /** In front of and behind each axis, in place of `padding`. */
  readonly pads?: Pads;
}

/** What voxels that are added around a value hold. */
export type PadMode = Attributes<'pad'>['mode'];

export const perAxis = (value: PerAxis, axes: number): Sizes =>
  typeof value === 'number' ? Array<number>(axes).fill(value) : value;

export const both = (padding: Sizes): Pads => padding.map((n) => [n, n] as const);

/** Where a number lay over the volumes that were measured. */
export interface Range {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

/** Numbers of one input as the network sees it; of its single channel. */
export interface InputFeatures {
  /** In standard deviations of the input. */
  readonly mean: number;
  readonly std: number;
  /** Third standardised moment: below 0 where few voxels are much darker than the rest. */
  readonly skew: number;
  /** Mean inside the central ball less the mean outside, in standard deviations. */
  readonly centre: number;
}

/** Whether a network that nothing is known of may have been given nothing but noise. */
export interface Texture {
  /** Correlation of neighbouring voxels, the largest of all axes; NaN for an input of equal values. */
  readonly correlation: number;
  readonly voxels: number;
}

/**
 * What a network was trained on, measured on volumes like those: the `training` block of a sidecar. It is
 * what an input is held against, so that one of another kind does not pass for a sure answer.
 */
export interface TrainingDomain {
  /** Which volumes, in words, and how many. */
  readonly set: string;
  readonly n: number;
  readonly input: { readonly [feature in keyof InputFeatures]: Range };
  /** The layer whose channels were measured. */
  readonly layer: string;
  /** `mean_v A` over the volumes, `[channels]` each. */
  readonly channels: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** {@link channelDistance} of the volumes themselves. */
  readonly distance: Range;
}

/** What a user can do about a finding. */
export type Remedy = 'zscore' | 'normalize' | 'invert' | 'other-network';

/** One way in which an input differs from the training volumes. */
export interface DomainFinding {
  readonly code: 'constant' | 'mean' | 'spread' | 'contrast' | 'noise' | 'unlike';
  /** `info` where it was mended already. */
  readonly severity: 'info' | 'warning';
  /** One sentence. */
  readonly message: string;
  readonly remedy: Remedy | null;
}

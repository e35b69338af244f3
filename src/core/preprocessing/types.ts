/** A step of preprocessing as the bioimage.io specification writes it; files of version 0.4 say `name` for `id`. */
export interface WrittenStep {
  readonly id?: string;
  readonly name?: string;
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/** One number for all channels, or one for each. */
export type PerChannel = readonly number[];

/** A step as it is carried out. Channels are scaled together, or each by its own statistics. */
export type Step =
  | { readonly id: 'scale_linear'; readonly gain: PerChannel; readonly offset: PerChannel }
  | {
      readonly id: 'fixed_zero_mean_unit_variance';
      readonly mean: PerChannel;
      readonly std: PerChannel;
    }
  | { readonly id: 'zero_mean_unit_variance'; readonly eps: number; readonly apart: boolean }
  | {
      readonly id: 'scale_range';
      /** Percentiles, 0 to 100, that become 0 and 1. */
      readonly low: number;
      readonly high: number;
      readonly eps: number;
      readonly apart: boolean;
    }
  | {
      /** By the middle of the slices, as Ais takes it of a tomogram. */
      readonly id: 'middle_zero_mean_unit_variance';
      /** The spread is the standard deviation, or that which the median distance from the median stands for. */
      readonly spread: 'deviation' | 'median';
      readonly eps: number;
    }
  | { readonly id: 'clip'; readonly min: number; readonly max: number }
  | { readonly id: 'binarize'; readonly threshold: PerChannel }
  | { readonly id: 'sigmoid' };

export type StepId = Step['id'];

import type { ChannelStats } from './channels.ts';

/** What is known of one class at one layer before a map is made; gradients `g = dy/dA`. */
export interface ChannelSums {
  /** `sum_v A g`, `[channels]`. */
  readonly ag: Float64Array;
  /** `sum_v g`, `[channels]`. */
  readonly g: Float64Array;
  readonly stats: ChannelStats;
  readonly voxels: number;
  /** `sum_v of(g, l)` of any function of the gradient, `[channels]`. */
  sumOver(of: (g: number, l: number) => number): Float64Array;
}

/**
 * `sum_l g_l A_l` over all channels; the same with `max(g, 0)`; or over the channels that are marked, `[channels]`.
 */
export type Products = 'all' | 'positive' | Uint8Array;

/** How a map is made of activations and gradients: the sum of two terms, of which a method may have one. */
export interface Recipe {
  /** Adds `sum_l weights[l] A_l`; `[channels]`. */
  readonly weights?: Float64Array;
  /** Adds products, voxel by voxel. */
  readonly products?: Products;
  /** Sets what is below 0 to 0. */
  readonly clipped?: boolean;
}

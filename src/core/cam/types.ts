/** Explanation methods; each has its row in `methods.ts`. */
export const CAM_METHODS = ['respond', 'grad', 'hirescam', 'xgrad'] as const;
export type CamMethod = (typeof CAM_METHODS)[number];

/** One heatmap at its layer's own resolution, unscaled: units of the class score per voxel. */
export interface CamMap {
  /** `[z, y, x]` (or `[y, x]`) flattened, x fastest. */
  readonly data: Float32Array;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Where one class score comes from: `score = cam + bias + bypass + residual`. */
export interface LedgerRow {
  readonly index: number;
  readonly score: number;
  /** `sum_v g * A` over the layer. */
  readonly cam: number;
  /** `sum (dy/dbias) * bias` over all biases that reach the score with the layer held fixed. */
  readonly bias: number;
  /** `sum (dy/dx) * x` of the input on paths around the layer; 0 without skip connections. */
  readonly bypass: number;
  /** What none of them explains; 0 for piecewise-linear tails. */
  readonly residual: number;
}

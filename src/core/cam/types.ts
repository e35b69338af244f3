/** Explanation methods; the formulas are in DESIGN (Respond-CAM: MICCAI 2018, eq. 1 and 2). */
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

/** Where one class score comes from: `score = cam + bias + residual`. */
export interface LedgerRow {
  readonly index: number;
  readonly score: number;
  /** `sum_v g * A` over the layer. */
  readonly cam: number;
  /** `sum over later layers of (dy/dbias) * bias`. */
  readonly bias: number;
  /** What neither explains; 0 for piecewise-linear tails. */
  readonly residual: number;
}

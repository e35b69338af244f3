/** Methods that make a map of a layer's activations and gradients; rows in `layer-methods.ts`. */
export const LAYER_METHODS = [
  'respond',
  'grad',
  'hirescam',
  'xgrad',
  'gradpp',
  'layercam',
  'cam',
] as const;
export type LayerMethod = (typeof LAYER_METHODS)[number];

/** Methods that make a map on the input's own grid; rows in `input-methods.ts`. */
export const INPUT_METHODS = [
  'gradient',
  'gradient-input',
  'integrated',
  'smoothgrad',
  'guided',
  'deconvnet',
  'occlusion',
] as const;
export type InputMethod = (typeof INPUT_METHODS)[number];

/** All explanation methods. */
export const CAM_METHODS = [...LAYER_METHODS, 'guided-grad', ...INPUT_METHODS] as const;
export type CamMethod = (typeof CAM_METHODS)[number];

/** One heatmap at its own resolution, unscaled. */
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

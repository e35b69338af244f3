/**
 * What the kernels' parameters are called and how their work is cut up. The AssemblyScript in this folder and the
 * TypeScript that calls it import this one file, so it holds nothing but enumerations and whole numbers.
 */

/**
 * The i32 parameters of everything that maps a volume into another by windows: convolutions, their gradients and
 * poolings. Addresses first; then `Geometry` of `../../geometry.ts`, axes always depth, height, width in a row; then
 * what only some kernels read.
 */
export enum Volumes {
  INPUT,
  /** Gradients of the filter and of poolings read the gradient of the output here. */
  OUTPUT,
  FILTER,
  BIAS,
  /** A row of zeros that stands for voxels outside. */
  ZEROS,
  CIN,
  COUT,
  /** Samples whose voxels (or tiles) are one list. */
  SAMPLES,
  IN_D,
  IN_H,
  IN_W,
  OUT_D,
  OUT_H,
  OUT_W,
  K_D,
  K_H,
  K_W,
  SCALE_D,
  SCALE_H,
  SCALE_W,
  OFFSET_D,
  OFFSET_H,
  OFFSET_W,
  STEP_D,
  STEP_H,
  STEP_W,
  DIVISOR_D,
  DIVISOR_H,
  DIVISOR_W,
  /** 1 for a ReLU. */
  ACTIVATION,
  /** Panels of eight output channels per task. */
  GROUP,
  /** Where a gradient is written: that of the filter or of the input. */
  RESULT,
  /** 1 adds to `RESULT`. */
  ADD,
  /** Winograd's filter gradient: the first tile of a call and their number, both operands transformed, and their sums. */
  FIRST,
  COUNT,
  V,
  Z,
  SUMS,
}

/** Of a filter that is packed into panels. */
export enum FilterPack {
  SOURCE,
  TARGET,
  TAPS,
  /** Input and output channels of the packed filter. */
  ROWS,
  COLUMNS,
  /** 1: the source is `[taps, columns, rows]` in place of `[taps, rows, columns]`. */
  TRANSPOSE,
  /** 1: the taps are turned round (`winogradFilter`). */
  REVERSE,
}

/** Of voxels that are packed for the filter gradient. */
export enum VoxelPack {
  SOURCE,
  TARGET,
  VOXELS,
  CHANNELS,
  WIDTH,
  SAMPLES,
  /** Voxels of a line and the stride by which they are ordered. */
  LINE,
  STRIDE,
}

/** Of `C[M, N] = A[M, K] x B[K, N]`; steps in floats between rows and between columns. */
export enum Gemm {
  A,
  B,
  C,
  M,
  N,
  K,
  A_ROW,
  A_COLUMN,
  B_ROW,
  B_COLUMN,
}

/** Of a step of Adam; from `BETA1` on the bits of floats. */
export enum Adam {
  WEIGHTS,
  FIRST,
  SECOND,
  GRADIENT,
  LENGTH,
  BETA1,
  REST1,
  BETA2,
  REST2,
  SCALE,
  EPSILON,
}

/** Rows and columns of a register tile. */
export const TILE_ROWS = 6;
export const TILE_COLUMNS = 8;
export const TILE_BYTES = 192;

/** Work of one task: voxels of a convolution, columns of a product, weights of Adam, … */
export const CONV_VOXELS = 48;
export const GEMM_COLUMNS = 16;
export const ADAM_FLOATS = 16384;
export const PACK_ROWS = 64;
export const WINOGRAD_TILES = 12;
export const WINOGRAD_GRAD_TILES = 8;

/** Parts of the filter gradient of few channels that have sums of their own. */
export const PATCH_GRAD_PARTS = 8;

/** Bytes of work that `winogradGradFilter` takes. */
export const WINOGRAD_GRAD_WORK = 1024;

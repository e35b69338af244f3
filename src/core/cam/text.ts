export const SCORE_PER_VOXEL = 'class score per voxel';

/** What is said of a method. */
export interface MethodText {
  readonly name: string;
  /** For the heads of narrow columns. */
  readonly short: string;
  /** One sentence: what the map shows. */
  readonly about: string;
  /**
   * Of the map L. A: activations of the layer, x: input, y: score, g: gradient of the score for A, or for x at the
   * input; l: channel, v: voxel.
   */
  readonly formula: string;
  readonly source: string;
  /** Of the map's values. */
  readonly unit: string;
  /** Whether the map adds up to the part of the score that comes through the layer, or the input. */
  readonly keepsSum: boolean;
}

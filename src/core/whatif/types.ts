import type { TargetKind } from '../target/index.ts';
import type { Fit, Normalization } from '../volume/index.ts';

/** What is done to a volume before the network sees it, as far as a counterfactual changes it. */
export interface Reading {
  readonly invert: boolean;
  readonly normalization: 'model' | Normalization;
  readonly fit: Fit;
  /** As in `Fitting`. */
  readonly voxelScale: number;
}

/** How a volume is read now, and what is known of it and of the network. */
export interface Situation {
  readonly now: Reading;
  /** What the network's author names for its input; what `model` stands for. */
  readonly own: Normalization;
  /** Å of the file; null where it does not say. */
  readonly voxelSize: number | null;
  /** Å of the training volumes; null where the network's author does not say. */
  readonly trained: number | null;
  /** A photograph or drawing: without a voxel size, with scalings of its own. */
  readonly picture: boolean;
}

/** Another reading of the same volume. */
export interface Counterfactual {
  readonly id: string;
  readonly mistake: Mistake;
  /** What of the reading is another. */
  readonly change: Partial<Reading>;
  /** The beginning of a sentence, e.g. `With inverted contrast`. */
  readonly words: string;
}

export type Mistake = 'contrast' | 'voxel-size' | 'normalization';

/** What a network answered to one reading. */
export interface Reply {
  readonly kind: TargetKind;
  /** By class; for an embedding its entries; for similarity the cosine with each reference. */
  readonly scores: Float32Array;
  readonly probabilities: Float32Array | null;
  readonly predicted: number;
  /** By voxel of an output in space: 0 for none, `1 + class`. */
  readonly labels: Uint16Array | null;
}

/** A class with what the network gives it. */
export interface ClassAnswer {
  readonly index: number;
  readonly score: number;
  readonly probability: number | null;
}

/** How the answer to another reading differs; `changes` where it is another answer. */
export type Difference = { readonly changes: boolean } & (
  | { readonly kind: 'class'; readonly now: ClassAnswer; readonly other: ClassAnswer }
  | { readonly kind: 'number'; readonly now: number; readonly other: number }
  | {
      readonly kind: 'segmentation';
      /** Voxels whose class is another, of all, and of those that are not of the commonest class in both readings. */
      readonly share: number;
      readonly shareOfObjects: number;
      /** Voxels of no class and of each class. */
      readonly now: readonly number[];
      readonly other: readonly number[];
    }
  | {
      readonly kind: 'similarity';
      /** Cosine with each reference. */
      readonly now: readonly number[];
      readonly other: readonly number[];
    }
  /** Cosine of the embedding with that of the present reading. */
  | { readonly kind: 'embedding'; readonly cosine: number }
);

/** A counterfactual that was tried. */
export interface Tried extends Counterfactual {
  readonly difference: Difference;
  /** One sentence: what the network would say. */
  readonly sentence: string;
  /** Whether the input then is like the training volumes; null where that is not known. */
  readonly inDomain: boolean | null;
}

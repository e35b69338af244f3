/** Voxels of a spatial output whose scores are added up. */
export type Region =
  /** Those where the class has the largest score; a channel decided by itself (the only one, or with a sigmoid of its own): above 0. */
  | { readonly kind: 'predicted' }
  /** `|v - centre|^2 <= radius^2`, in voxels of the output, `[z, y, x]` or `[y, x]`. */
  | { readonly kind: 'ball'; readonly centre: readonly number[]; readonly radius: number }
  /** Voxels from `from` on and before `to`, per axis. */
  | { readonly kind: 'box'; readonly from: readonly number[]; readonly to: readonly number[] }
  /** Those that are not 0; as many as the output has, x fastest. */
  | { readonly kind: 'mask'; readonly voxels: Uint8Array };

/** The scalar that is differentiated, as far as the class number leaves it open. */
export type Target =
  /** An entry of a vector, before a final softmax, log-softmax or sigmoid. */
  | { readonly kind: 'class' }
  /** A class score minus that of another class. */
  | { readonly kind: 'difference'; readonly against: number }
  /** An entry of any output exactly as it is, counted in the order of the file. */
  | { readonly kind: 'value' }
  /** The sum of a class's score over voxels of the output, which are constants. */
  | { readonly kind: 'segmentation'; readonly region: Region }
  /** The cosine of a vector with each of some references, which lie one after the other. */
  | {
      readonly kind: 'similarity';
      readonly reference: Float32Array;
      /** What each reference is called. */
      readonly names?: readonly string[];
    };

export type TargetKind = Target['kind'];

/** What a request is about. */
export interface TargetRequest {
  /** An output, or any value inside the network, by name; absent: the main output. */
  readonly output?: string;
  /** Absent: the class score of a vector, the predicted voxels of an output in space. */
  readonly target?: Target;
}

/** What an answer is about. */
export interface TargetReport {
  readonly kind: TargetKind;
  /** Name of the output. */
  readonly output: string;
  /** The class that is subtracted. */
  readonly against?: number;
  /** Names of the references, where they have some. */
  readonly references?: readonly string[];
  /** For segmentation: how the voxels were chosen. */
  readonly region?: Region['kind'];
  /** By class, for segmentation: voxels that are added up. */
  readonly voxels?: readonly number[];
}

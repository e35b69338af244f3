import type { Shape } from '../../graph/types.ts';

/** A layer as a file of weights may name it: its name, its class, and which of its class in its model it is. */
export interface LayerStep {
  readonly name: string;
  readonly className: string;
  readonly ordinal: number;
}

/**
 * A weight by the name Keras gives it (`kernel`, `moving_mean`, …), its place among the layer's weights, and the shape that
 * the layer needs.
 */
export interface WeightKey {
  readonly name: string;
  readonly index: number;
  readonly shape: Shape;
}

export interface KerasWeight {
  /** As in the file. */
  readonly name: string;
  readonly shape: Shape;
  readonly values: () => Float32Array;
}

/**
 * Where the numbers of a Keras network come from. Each file format has its own: the manifest of TensorFlow.js and legacy
 * HDF5 go by names, `.keras` archives by classes and numbers.
 */
export interface KerasWeights {
  /** @param path from the outermost model's layer to the layer itself */
  find(path: readonly LayerStep[], weight: WeightKey): KerasWeight | undefined;
}

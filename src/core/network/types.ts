/** A layer or operator of a network, as its file names it. */
export interface NetworkNode {
  /** Unique in its network. */
  readonly name: string;
  /** Other names that the same value goes by, e.g. the path of a PyTorch module. */
  readonly aliases: readonly string[];
  /** Keras class or ONNX operator, e.g. `Conv3D`, `MaxPool`. */
  readonly kind: string;
  /** Of its value without the batch, channels last. */
  readonly shape: readonly number[];
  /** Numbers among its weights. */
  readonly parameters: number;
  /** Indices of the nodes whose values it takes, all of them earlier ones. */
  readonly inputs: readonly number[];
  /** Changes every value of its one input by itself, e.g. a norm or an activation: it needs no box of its own. */
  readonly follows: boolean;
}

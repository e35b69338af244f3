import type { Attributes, OpId, Weights } from './operators.ts';

/** Sizes of a value without the batch, channels last. */
export type Shape = readonly number[];

/** Index into {@link Graph.nodes}. */
export type NodeId = number;
/** Index into {@link Graph.constants}. */
export type ConstantId = number;

/** Where the channels of a value stand in the file; inside they are last. */
export type Layout = 'channels-first' | 'channels-last' | 'depth-in-batch';

/** What the file says of a node, for messages and for `explain --json`. */
export interface Declared {
  /** Keras class or ONNX operator, e.g. `Conv3D`, `MaxPool`. */
  readonly kind: string;
  /** Name of the node that makes the value, where it has one beside the value's own. */
  readonly node?: string;
  /** Other names for the same value, e.g. of modules that end with it. */
  readonly aliases?: readonly string[];
  /** An output whose channels each have a sigmoid of their own: several may hold at a voxel. */
  readonly independent?: true;
  /** An output whose channels are the numbers of an embedding, no scores of classes. */
  readonly embedding?: true;
  /** As the file has it, without the batch; with the slices first for `depth-in-batch`. */
  readonly shape: Shape;
  /** Null where no axis is clear to be the channels': such a value is not offered as a layer. */
  readonly layout: Layout | null;
  /** An input whose sizes in space the file leaves open, so that they are those of the volume. */
  readonly open?: true;
}

/** One application of one operator. */
export interface NodeOf<K extends OpId> {
  /** Unique; as the user knows it: layer, `outer/layer`, `layer:1` for a second use, or tensor. */
  readonly name: string;
  readonly op: K;
  readonly attributes: Attributes<K>;
  readonly weights: Weights<K>;
  /** Nodes whose values this one takes, all of them earlier ones. */
  readonly inputs: readonly NodeId[];
  readonly shape: Shape;
  readonly declared: Declared;
  /**
   * The layer of which this is a part without a name in the file, e.g. the convolution before a layer's activation;
   * the layer shows under the last part's name. Null for a node with a name of its own.
   */
  readonly partOf: string | null;
}

export type Node = { [K in OpId]: NodeOf<K> }[OpId];

/** What a node is found by. */
export type Named = Pick<Node, 'name' | 'declared' | 'partOf'>;

/** A weight. Its numbers are decoded when they are put on a backend and not kept. */
export interface Constant {
  /** As in the file, e.g. `conv1/kernel`. */
  readonly name: string;
  readonly shape: Shape;
  /** May be a view of the file's bytes; not to be written to. */
  readonly values: () => Float32Array;
  /** Whether the file has it as a parameter, rather than an importer having made it of others. */
  readonly stored: boolean;
}

export interface Output {
  readonly name: string;
  readonly node: NodeId;
}

/** A network: nodes in an order that can be executed, inputs first. */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly NodeId[];
  /** The main one first. */
  readonly outputs: readonly Output[];
}

/** The final activation that was left out, so that scores are what it takes. */
export type OutputActivation = 'softmax' | 'logSoftmax' | 'sigmoid';

/** A graph reduced to what one output's scores need; the last node makes the scores. */
export interface ScoreGraph extends Graph {
  readonly scores: NodeId;
  /** Values of the file that these scores do not read. */
  readonly unread: readonly Named[];
  /** Null where the network ends in its scores. */
  readonly activation: OutputActivation | null;
}

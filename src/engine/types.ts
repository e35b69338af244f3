import type { CamMap, CamMethod, LayerMethod, LedgerRow } from '../core/cam/types.ts';
import type { Contrast } from '../core/color/index.ts';
import type { Part } from '../core/faithfulness/index.ts';
import type { MapTests } from '../core/probes/index.ts';
import type { LayerChannels } from '../core/cam/walk.ts';
import type { NetworkNode } from '../core/network/index.ts';
import type { Declared, OutputActivation } from './graph/types.ts';
import type { ModelSidecar, Normalization } from './model/sidecar.ts';
import type { Statistics } from './ops/op.ts';
import type { TargetKind, TargetReport, TargetRequest } from '../core/target/index.ts';
import type {
  Components,
  Labels,
  OutputMeaning,
  TilePlan,
  Tiling,
} from '../core/segmentation/index.ts';
import type { WindowGrid } from '../core/picking/index.ts';
import type { Shape3 } from '../core/volume/types.ts';
import type { Progress, TaskOptions } from '../worker/messages.ts';

export type BackendName = 'webgpu' | 'wasm' | 'cpu';
export type BackendChoice = 'auto' | BackendName;

export interface BackendInfo {
  readonly name: BackendName;
  /** What the user asked for; `auto` lets the engine choose. */
  readonly choice: BackendChoice;
  /** Adapter or processor in words, e.g. "NVIDIA GeForce RTX 4070" or "2 threads, SIMD". */
  readonly device: string;
  /** One sentence: why this backend. */
  readonly reason: string;
  /** Backends that can be chosen on this machine. */
  readonly available: readonly BackendName[];
}

export type { Declared, Progress, Statistics, TaskOptions };
export type {
  Region,
  Target,
  TargetKind,
  TargetReport,
  TargetRequest,
} from '../core/target/index.ts';

/** A file by its name. A dropped one is not read before it is needed, and held nowhere else. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: ArrayBuffer | Blob;
}

/** What a network is read with beside its own files. */
export interface ReadingWith {
  /**
   * Sizes of the input that will be asked about, for networks that leave theirs open: `[z, y, x]` or `[y, x]`, with
   * the channels where the network's file has them.
   */
  readonly inputShape?: readonly number[];
  /** The network is run in tiles over what is larger than them: sizes left open are those of a tile. */
  readonly tiles?: true;
  /** `inputShape` is along the network's axes already, where its tool turns volumes; for tiles. */
  readonly turned?: boolean;
}

/** A network at the URL of its main file; `label` is what messages call it. */
export interface UrlSource extends ReadingWith {
  readonly kind: 'url';
  readonly url: string;
  readonly id: string;
  readonly label?: string;
  /** Weights that are kept apart: safetensors, or the HDF5 file of a Keras architecture. */
  readonly weights?: { readonly url: string; readonly label: string };
  /** The configuration that a checkpoint is built by, e.g. `plans.json` or `model.yaml`. */
  readonly config?: { readonly url: string; readonly label: string };
  /** Names of the classes; else `labels.txt` or `labels.json` beside a file of this machine. */
  readonly labels?: { readonly url: string; readonly label: string };
}

/** A network whose files were dropped. */
export interface FilesSource extends ReadingWith {
  readonly kind: 'files';
  readonly files: readonly NamedBytes[];
  readonly id: string;
}

export type ModelSource = UrlSource | FilesSource;

export type { ModelSidecar, Normalization } from './model/sidecar.ts';

export interface LayerInfo {
  readonly name: string;
  /** Class name of the layer, e.g. `Conv3D`. */
  readonly kind: string;
  /** Output shape without the batch, `[z, y, x, channels]` or `[y, x, channels]`. */
  readonly shape: readonly number[];
  /** The same as the network's file has it. */
  readonly declared: Declared;
  /** Whether averages of it over space make the scores, by linear layers alone: what CAM needs. */
  readonly averaged: boolean;
}

/** What a network gives. */
export interface OutputInfo {
  readonly name: string;
  /** Without the batch, channels last. */
  readonly shape: readonly number[];
  /** What is asked about it where nothing else is said. */
  readonly target: TargetKind;
  /** The final activation that is left out of scores; null where there is none. */
  readonly removed: OutputActivation | null;
  /** A vector of length 1: a direction that is compared with others, not scores of classes. */
  readonly embedding: boolean;
}

export interface ModelInfo {
  /** Handle for later calls. */
  readonly id: string;
  readonly title: string;
  readonly inputShape: readonly number[];
  /** The same as the network's file has it. */
  readonly inputDeclared: Declared;
  /** The main output first. */
  readonly outputs: readonly OutputInfo[];
  /** The main output's, one for each number that can be asked about. */
  readonly classes: readonly string[];
  /** Layers that can be explained, input first, in forward order. */
  readonly layers: readonly LayerInfo[];
  /** All of the network, also what no map can be drawn on. */
  readonly nodes: readonly NetworkNode[];
  readonly defaultLayer: string;
  readonly parameters: number;
  /** Bytes that the values of one volume take. */
  readonly activationBytes: number;
  /** Format and writer of the file, e.g. "ONNX, opset 17, pytorch 2.6.0". */
  readonly origin: string;
  readonly sidecar: ModelSidecar;
  /** SHA-256 of topology and weights; null where the platform has none (a page from an insecure address). */
  readonly fingerprint: string | null;
  /** What is computed in another form than the file has it, one clause each. */
  readonly rewritten: readonly string[];
  /** What to say about the network's files, one sentence each. */
  readonly notes: readonly string[];
}

export interface ExplainRequest extends TargetRequest {
  readonly model: string;
  /** `[z, y, x, c]` or `[y, x, c]` flattened, already normalised. */
  readonly input: Float32Array;
  readonly inputShape: readonly number[];
  /** Same key, same input: lets the engine answer from cached activations. */
  readonly inputKey?: string;
  readonly layers: 'default' | 'all' | readonly string[];
  readonly classes: 'all' | 'top' | readonly number[];
  readonly methods: readonly CamMethod[];
  /**
   * How instance, group, layer and RMS norms are differentiated; absent: `frozen` for layers that such a norm follows,
   * whose maps would sum to 0 otherwise.
   */
  readonly statistics?: Statistics;
}

/** Which layers and classes are asked about. */
export type Scope = TargetRequest &
  Pick<ExplainRequest, 'model' | 'layers' | 'classes' | 'statistics'>;

/** The same question about several volumes. */
export interface BatchRequest extends Scope, Pick<ExplainRequest, 'inputShape'> {
  readonly methods: readonly LayerMethod[];
  /** Each as {@link ExplainRequest.input}. */
  readonly inputs: readonly Float32Array[];
  /** Whether the class of each voxel is wanted. */
  readonly labels?: boolean;
}

/** Numbers of several inputs, without maps. */
export interface ScoresRequest extends TargetRequest, Pick<ExplainRequest, 'model' | 'inputShape'> {
  /** Each as {@link ExplainRequest.input}; chosen voxels of a segmentation stay those of the first. */
  readonly inputs: readonly Float32Array[];
}

/** A question about a volume of which the network is not given all. */
export interface OccludeRequest
  extends TargetRequest,
    Pick<ExplainRequest, 'model' | 'input' | 'inputShape'> {
  readonly part: Part;
  /** The part alone is left, in place of all but it. */
  readonly only: boolean;
}

export interface OccludedScores {
  readonly scores: Float32Array;
  /** Share of the box that the part is. */
  readonly share: number;
}

/** One class at one layer, channel by channel. */
export interface ChannelsRequest
  extends TargetRequest,
    Pick<ExplainRequest, 'model' | 'input' | 'inputShape' | 'inputKey' | 'statistics'> {
  readonly layer: string;
  readonly classIndex: number;
}

/** Which maps of one class at one layer are tested. */
export interface TestMapsRequest extends ChannelsRequest {
  readonly methods: readonly LayerMethod[];
  /** The side of the solvent on which the network expects the molecule. */
  readonly contrast: Contrast | undefined;
}

/** A copy of a network with weights that mean nothing, from its end on. */
export interface RandomiseRequest {
  readonly model: string;
  /** Handle of the copy. */
  readonly id: string;
  /** How many of the layers with weights, counted from the scores. */
  readonly layers: number;
  readonly seed: number;
}

export interface Randomised {
  /** The layers whose weights were shuffled, the one next to the scores first. */
  readonly layers: readonly string[];
  /** All layers with weights. */
  readonly of: number;
}

/** Why one volume of a batch has no answer, in one sentence. */
export interface Refusal {
  readonly reason: string;
}

/** A map on its grid: the layer's, or the input's for methods that say so. */
export interface GridMap extends CamMap {
  /** `[z, y, x]` or `[y, x]` */
  readonly shape: readonly number[];
}

export interface ClassExplanation {
  readonly index: number;
  readonly score: number;
  readonly methods: Readonly<Partial<Record<CamMethod, GridMap>>>;
}

export interface LayerExplanation {
  readonly name: string;
  /** As the network's file has the layer. */
  readonly declared: Declared;
  /** How normalisations behind the layer were differentiated. */
  readonly statistics: Statistics;
  /** Spatial shape of the maps, `[z, y, x]` or `[y, x]`. */
  readonly shape: readonly number[];
  readonly channels: number;
  /** `kappa[l] = sum|A| / |sum A|` over channels: the largest, and which channels use the safe form. */
  readonly kappa: { readonly max: number; readonly unsafeChannels: number };
  /** `sum_l A`, `[voxels]`, in the order of the maps: what the layer holds whatever the class. */
  readonly activationSum: Float32Array;
  readonly classes: readonly ClassExplanation[];
  readonly ledger: readonly LedgerRow[];
  /** Table 1 metrics over all classes; present when all classes were explained. */
  readonly metrics: Readonly<Partial<Record<CamMethod, { l1: number; kendallTau: number }>>>;
}

export interface Explanation {
  readonly model: string;
  readonly backend: BackendName;
  readonly target: TargetReport;
  /** The number that is explained, of every class. */
  readonly scores: Float32Array;
  /** Null where the network does not end in a softmax or sigmoid that was taken off. */
  readonly probabilities: Float32Array | null;
  readonly predicted: number;
  /**
   * The layers asked about, where a method of a layer was asked for; and the input, where one of the input was, whose
   * maps stand there alone.
   */
  readonly layers: readonly LayerExplanation[];
  /**
   * `mean_v A` of each channel of the network's default layer, whichever layers were asked about; null
   * where a batch did not keep that layer.
   */
  readonly channelMeans: Float32Array | null;
  /**
   * The class of each voxel of an output in space, x fastest: `1 + class`, 0 where no class of its own decision is above
   * 0. Null where it was not asked for, and for vectors.
   */
  readonly labels: Uint16Array | null;
  /** Milliseconds; of a batch, an equal share. */
  readonly timing: { readonly forward: number; readonly explain: number; readonly total: number };
}

/** A network to be run over a volume of any size. */
export interface SegmentRequest {
  readonly model: string;
  /** `[z, y, x]` flattened, normalised, of one channel. */
  readonly input: Float32Array;
  readonly shape: Shape3;
  /** In place of what the network's tool does. */
  readonly tiling?: Partial<Tiling>;
  /** Also keeps the probability of each class at each voxel. */
  readonly probabilities: boolean;
}

/** What a network says of each voxel of a volume; on the grid of its output. */
export interface Segmentation extends Labels {
  readonly components: Components;
  /** Channel of the output that each label stands for: that of label `i + 1` is `channels[i]`. */
  readonly channels: readonly number[];
  readonly meaning: OutputMeaning;
  /** By channel; null where they were not asked for. */
  readonly probabilities: readonly Float32Array[] | null;
  readonly plan: TilePlan;
  readonly tiling: Tiling;
  readonly backend: BackendName;
  readonly milliseconds: number;
}

/** How a classifier is to be run over windows of a volume. */
export interface SharingRequest {
  readonly model: string;
  /** Of each window by its own statistics. */
  readonly normalization: Normalization;
  /** Voxels between windows: a multiple or a divisor of the network's own stride. */
  readonly stride: number;
}

/** A classifier to be run over windows all over a volume. */
export interface WindowsRequest extends SharingRequest {
  /** `[z, y, x]` flattened, of one channel and the network's voxel size, as in the file. */
  readonly input: Float32Array;
  readonly shape: Shape3;
}

/** What a classifier says of windows all over a volume. */
export interface WindowScores {
  readonly grid: WindowGrid;
  /** By class, of each window: before the softmax. */
  readonly scores: readonly Float32Array[];
  readonly backend: BackendName;
  /** Milliseconds. */
  readonly timing: {
    readonly convolutions: number;
    readonly rest: number;
    readonly total: number;
  };
}

/**
 * The one interface to TensorFlow.js; in the app it lives in a Web Worker, in Node in the process.
 * Every method rejects with an `AppError`; nothing hangs when the worker dies.
 */
export interface Engine {
  backend(): Promise<BackendInfo>;
  selectBackend(choice: BackendChoice): Promise<BackendInfo>;
  loadModel(source: ModelSource, options?: TaskOptions): Promise<ModelInfo>;
  unloadModel(id: string): Promise<void>;
  /**
   * Compiles what the first explanation of this model needs, where the backend compiles. Any other call
   * stops it: it never makes a question wait for more than the shaders that are being compiled.
   */
  warmUp(id: string, options?: TaskOptions): Promise<void>;
  explain(request: ExplainRequest, options?: TaskOptions): Promise<Explanation>;
  /**
   * How many volumes `explainBatch` computes at once: as many as are worth it, fit in memory and take no
   * more than seconds. Depends on the network, the question and the backend alone.
   */
  batchSize(scope: Scope): Promise<number>;
  /**
   * Explains several volumes, `batchSize` of them by one forward pass and one backward walk. A last batch
   * that is not full is filled up with zeros: on wasm, the answer about a volume is the same to the last bit
   * whatever volumes come with it, though its last bits are not those of `explain`. A volume that the network
   * does not take, or whose answer is not finite, is refused alone.
   */
  explainBatch(
    request: BatchRequest,
    options?: TaskOptions,
  ): Promise<readonly (Explanation | Refusal)[]>;
  /**
   * Runs a network over a volume tile by tile, and finds what hangs together. Between tiles other questions are answered.
   */
  segment(request: SegmentRequest, options?: TaskOptions): Promise<Segmentation>;
  /** What the maps of a class at a layer are made of: its feature maps and their gradients. */
  channels(request: ChannelsRequest, options?: TaskOptions): Promise<LayerChannels>;
  /**
   * Deletion and insertion beside baselines, shuffled weights, turned and re-wedged inputs. Between the steps other
   * questions are answered.
   */
  testMaps(request: TestMapsRequest, options?: TaskOptions): Promise<MapTests>;
  /**
   * Runs a classifier over windows all over a volume, with the convolutions computed once for all of them. Where a
   * network pads inside its window, scores are near those of the windows by themselves, not the same.
   */
  windows(request: WindowsRequest, options?: TaskOptions): Promise<WindowScores>;
  /** Why the windows of a network cannot share their convolutions; null where they can. */
  windowsApart(request: SharingRequest): Promise<string | null>;
  /** The number that is explained, of every class, for each input. */
  scores(request: ScoresRequest, options?: TaskOptions): Promise<readonly Float32Array[]>;
  /** The same of a volume without a part of it, the channels' means instead, or of the part alone. */
  occlude(request: OccludeRequest, options?: TaskOptions): Promise<OccludedScores>;
  /**
   * Loads a copy of a network in which the weights of the last layers are shuffled, each tensor within itself, and get
   * random signs: maps that stay as they are do not depend on what was learnt there (Adebayo et al., NeurIPS 2018). The same for the same seed;
   * unload it like any network. More layers than there are stand for all.
   */
  randomise(request: RandomiseRequest, options?: TaskOptions): Promise<Randomised>;
  memory(): Promise<{ tensors: number; bytes: number }>;
  dispose(): Promise<void>;
}

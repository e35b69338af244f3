import { badInput } from '../core/errors.ts';
import {
  boxOf,
  type FloatVolume,
  type PrepareOptions,
  type PreparedInput,
  prepareInput,
  resample,
  type SourceVolume,
  type Volume,
} from '../core/volume/index.ts';
import type {
  BackendChoice,
  BackendInfo,
  Engine,
  ExplainRequest,
  Explanation,
  GridMap,
  ModelInfo,
  NamedBytes,
  TargetRequest,
  TaskOptions,
  UrlSource,
} from '../engine/types.ts';

/** Where a network is: a path (in Node) or an address, or its files by name. */
export type NetworkSource = string | URL | readonly NamedBytes[];

/** Files that belong to a network and do not lie beside it, and sizes that it leaves open. */
export interface OpenNetworkOptions
  extends TaskOptions,
    Pick<UrlSource, 'weights' | 'config' | 'labels' | 'inputShape'> {}

/** A network that was opened. */
export interface Network {
  readonly info: ModelInfo;
  /** Frees its memory. */
  close(): Promise<void>;
}

/** What is asked; where nothing is said, Respond-CAM and Grad-CAM of all classes at the network's own layer. */
export interface ExplainOptions
  extends PrepareOptions,
    TargetRequest,
    TaskOptions,
    Partial<Pick<ExplainRequest, 'layers' | 'classes' | 'methods' | 'statistics'>> {}

/** An explanation with what the network was given. */
export interface Answer extends Explanation {
  /** The volume as the network saw it, and in words what was done to it. */
  readonly input: PreparedInput;
}

/** Opens networks and explains their answers; one engine behind it, started on first use. */
export interface Library {
  /**
   * Opens a network of any format that the app opens: ONNX, Keras, TensorFlow.js, PyTorch checkpoints.
   *
   * @throws AppError with a sentence that names the file
   */
  openNetwork(source: NetworkSource, options?: OpenNetworkOptions): Promise<Network>;
  /**
   * Explains the answer of a network about one volume. Maps have the resolution of their layer and the unit of the
   * score, without ReLU or scaling; {@link mapVolume} puts one on the volume's grid.
   *
   * @param network an opened one, or where it is: then it is opened, and closed again
   * @throws AppError `bad-input` where the volume does not fit the network: see `fit`
   */
  explain(
    volume: Volume & Partial<Pick<SourceVolume, 'voxelSizeKnown'>>,
    network: Network | NetworkSource,
    options?: ExplainOptions,
  ): Promise<Answer>;
  /** Chooses what computes; `auto` at first. */
  selectBackend(choice: BackendChoice): Promise<BackendInfo>;
  /** Ends the engine with all its networks. The next call starts another one. */
  close(): Promise<void>;
}

/** What differs between Node and a browser. */
export interface Surroundings {
  startEngine(): Engine;
  /** The absolute address of a path or address. */
  urlOf(source: string | URL): string;
}

export function createLibrary({ startEngine, urlOf }: Surroundings): Library {
  let started: Engine | undefined;
  let opened = 0;
  const engine = (): Engine => (started ??= startEngine());

  async function openNetwork(
    source: NetworkSource,
    { signal, onProgress, ...beside }: OpenNetworkOptions = {},
  ): Promise<Network> {
    const own = engine();
    const id = `network ${++opened}`;
    const at =
      typeof source === 'string' || source instanceof URL
        ? { kind: 'url' as const, id, url: urlOf(source), label: String(source) }
        : { kind: 'files' as const, id, files: source };
    const info = await own.loadModel({ ...beside, ...at }, { signal, onProgress });
    return { info, close: () => own.unloadModel(id) };
  }

  return {
    openNetwork,
    async explain(volume, network, options = {}) {
      if (isNetwork(network)) return explainWith(engine(), network.info, volume, options);
      const { signal, onProgress } = options;
      const own = await openNetwork(network, { signal, onProgress });
      try {
        return await explainWith(engine(), own.info, volume, options);
      } finally {
        await own.close();
      }
    },
    selectBackend: (choice) => engine().selectBackend(choice),
    async close() {
      await started?.dispose();
      started = undefined;
    },
  };
}

const isNetwork = (given: Network | NetworkSource): given is Network =>
  typeof given === 'object' && 'info' in given;

async function explainWith(
  engine: Engine,
  { id, title, inputShape, sidecar }: ModelInfo,
  volume: Volume & Partial<Pick<SourceVolume, 'voxelSizeKnown'>>,
  options: ExplainOptions,
): Promise<Answer> {
  const channels = inputShape[inputShape.length - 1];
  if (channels !== 1) {
    throw badInput(`${title} takes ${channels} channels; accepted: networks of one channel`);
  }
  const { layers = 'default', classes = 'all', methods = ['respond', 'grad'], ...rest } = options;
  const { output, target, statistics, signal, onProgress, ...prepare } = rest;
  const { voxelSize, normalization, steps } = sidecar;
  const expectation = { shape: boxOf(inputShape), voxelSize, normalization, steps };
  const input = prepareInput({ voxelSizeKnown: true, ...volume }, expectation, prepare);
  const asked = { layers, classes, methods, output, target, statistics };
  const request = { model: id, input: input.volume.data, inputShape, ...asked };
  return { ...(await engine.explain(request, { signal, onProgress })), input };
}

/** A map on the grid of the volume that was explained (trilinear, half-pixel centres), to be written or shown. */
export function mapVolume({ data, shape }: GridMap, { volume }: PreparedInput): FloatVolume {
  const [nz, ny, nx] = shape.length === 3 ? shape : [1, ...shape];
  const { voxelSize, origin } = volume;
  return {
    data: resample(data, [nz, ny, nx], volume.shape),
    shape: volume.shape,
    voxelSize,
    origin,
  };
}

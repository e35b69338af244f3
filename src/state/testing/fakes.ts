import { CAM_METHODS, type CamMethod, INPUT_METHODS } from '../../core/cam/types.ts';
import type { LayerChannels } from '../../core/cam/index.ts';
import { AppError, aborted } from '../../core/errors.ts';
import type { MapTests } from '../../core/probes/index.ts';
import {
  PARTICLE_FORMATS,
  type ParticleFormatId,
  type ParticleList,
} from '../../core/particles/index.ts';
import { mapPanel } from '../../core/session/index.ts';
import type { SourceVolume } from '../../core/volume/types.ts';
import type {
  BackendChoice,
  BackendInfo,
  BatchRequest,
  ChannelsRequest,
  Engine,
  Explanation,
  ExplainRequest,
  GridMap,
  LayerInfo,
  ModelInfo,
  ModelSource,
  OccludedScores,
  OccludeRequest,
  Segmentation,
  Randomised,
  RandomiseRequest,
  ScoresRequest,
  SegmentRequest,
  TaskOptions,
  TestMapsRequest,
  WindowScores,
  WindowsRequest,
} from '../../engine/types.ts';
import { prepareVolume } from '../prepare.ts';
import type { AppStores } from '../stores.ts';
import type {
  BoxesRequest,
  BoxSource,
  CutBox,
  PlacedFile,
  TomogramInfo,
  Tomograms,
  TomogramSource,
} from '../tomograms.ts';
import type { OpenedVolume, ReadingOptions, Services, Subtomogram } from '../types.ts';

/** A call of the fake that the test answers itself, in any order. */
export interface Call<Request, Answer> {
  readonly request: Request;
  readonly options: TaskOptions;
  answer(value: Answer): void;
  fail(error: Error): void;
}

/** Calls wait until the test answers them; an aborted call rejects by itself, as the engine's do. */
export class Held<Request, Answer> {
  readonly calls: Call<Request, Answer>[] = [];

  call(request: Request, options: TaskOptions = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.calls.push({ request, options, answer: resolve, fail: reject });
      options.signal?.addEventListener('abort', () => reject(aborted()));
    });
  }

  get last(): Call<Request, Answer> {
    const call = this.calls.at(-1);
    if (!call) throw new Error('No call was made.');
    return call;
  }
}

export const BOX = 4;

const declared = (kind: string, shape: readonly number[]) =>
  ({ kind, shape, layout: 'channels-last' }) as const;

export function fakeLayer(name: string, kind: string, shape: readonly number[]): LayerInfo {
  return { name, kind, shape, declared: declared(kind, shape), averaged: false };
}

export function fakeModel(id = 'net', part: Partial<ModelInfo> = {}): ModelInfo {
  return {
    id,
    title: `Network ${id}`,
    inputShape: [BOX, BOX, BOX, 1],
    inputDeclared: declared('InputLayer', [BOX, BOX, BOX, 1]),
    outputs: [
      { name: 'scores', shape: [3], target: 'class', removed: 'softmax', embedding: false },
    ],
    activationBytes: 1000,
    origin: 'TensorFlow.js layers model',
    classes: ['apple', 'pear', 'plum'],
    layers: [
      fakeLayer('conv1', 'Conv3D', [BOX, BOX, BOX, 2]),
      fakeLayer('pool', 'MaxPooling3D', [2, 2, 2, 2]),
    ],
    nodes: [],
    rewritten: [],
    defaultLayer: 'pool',
    parameters: 10,
    sidecar: {},
    fingerprint: null,
    notes: [],
    ...part,
  };
}

export function fakeVolume(size = BOX, seed = 1): SourceVolume<Float32Array> {
  const data = Float32Array.from({ length: size ** 3 }, (_, i) => Math.sin(seed + i));
  return {
    data,
    shape: [size, size, size],
    voxelSize: [10, 10, 10],
    voxelSizeKnown: true,
    origin: [0, 0, 0],
  };
}

export function fakeOpened(name: string, volume = fakeVolume()): OpenedVolume {
  return {
    name,
    volume,
    report: {
      format: 'mrc',
      compression: 'none',
      kind: 'volume',
      mode: 2,
      valueType: '32-bit float',
      shape: volume.shape,
      axes: ['x', 'y', 'z'],
      endian: 'little',
      voxelSize: volume.voxelSize,
      voxelSizeKnown: volume.voxelSizeKnown,
      origin: volume.origin,
      spaceGroup: 1,
      extendedHeader: { type: null, bytes: 0 },
      sections: volume.shape[0],
      volumes: 1,
      labels: [],
      stats: { min: -1, max: 1, mean: 0, rms: 1 },
      findings: [],
    },
    stats: { min: -1, max: 1, mean: 0, std: 0.7, histogram: new Uint32Array(4) },
  };
}

/** Scores 1, 3, 2, then 0 and maps that hold their class and method in their values. */
export function fakeExplanation(request: ExplainRequest, classes = 3): Explanation {
  const scores = Float32Array.from({ length: classes }, (_, index) => [1, 3, 2][index] ?? 0);
  const { classes: asked } = request;
  const indices = Array.isArray(asked) ? (asked as number[]) : [...scores.keys()];
  const [name] = request.layers as readonly string[];
  const map = (index: number, method: CamMethod, side: number): GridMap => {
    const data = new Float32Array(side ** 3).fill(index + 1 + CAM_METHODS.indexOf(method) / 100);
    data[0] = -2;
    const sum = data.reduce((a, b) => a + b, 0);
    return { data, sum, min: -2, max: data[1], shape: [side, side, side] };
  };
  const layerOf = (layer: string, side: number, methods: readonly CamMethod[]) => ({
    name: layer,
    declared: declared('Conv3D', [side, side, side, 2]),
    statistics: 'plain' as const,
    shape: [side, side, side],
    channels: 2,
    kappa: { max: 1, unsafeChannels: 0 },
    activationSum: Float32Array.from({ length: side ** 3 }, (_, i) => i),
    classes: indices.map((index) => ({
      index,
      score: scores[index],
      methods: Object.fromEntries(methods.map((m) => [m, map(index, m, side)])),
    })),
    ledger: indices.map((index) => ({
      ...{ index, score: scores[index], cam: scores[index] - 0.5, bias: 0.5 },
      ...{ bypass: 0, residual: 0 },
    })),
    metrics: {},
  });
  const isOnInput = (method: CamMethod) => INPUT_METHODS.some((one) => one === method);
  const ofLayer = request.methods.filter((method) => !isOnInput(method));
  const onInput = request.methods.filter(isOnInput);
  return {
    model: request.model,
    backend: 'cpu',
    target: { kind: 'class', output: 'scores' },
    scores,
    probabilities: scores.map((_, index) => [0.1, 0.6, 0.3][index] ?? 0),
    predicted: 1,
    layers: [
      ...(ofLayer.length > 0 ? [layerOf(name, name === 'pool' ? 2 : BOX, ofLayer)] : []),
      ...(onInput.length > 0 ? [layerOf('input', BOX, onInput)] : []),
    ],
    channelMeans: null,
    labels: null,
    timing: { forward: 1, explain: 1, total: 2 },
  };
}

export const BACKEND: BackendInfo = {
  name: 'cpu',
  choice: 'auto',
  device: 'test',
  reason: 'The test asked for it.',
  available: ['cpu', 'wasm'],
};

/** An engine whose slow calls wait for the test. */
export class FakeEngine implements Engine {
  readonly explains = new Held<ExplainRequest, Explanation>();
  readonly loads = new Held<ModelSource, ModelInfo>();
  readonly selects = new Held<BackendChoice, BackendInfo>();
  readonly unloaded: string[] = [];
  volumesAtOnce = 1;

  info = BACKEND;

  backend = async () => this.info;
  selectBackend = (choice: BackendChoice) => this.selects.call(choice);
  loadModel = (source: ModelSource, options?: TaskOptions) => this.loads.call(source, options);
  unloadModel = async (id: string) => void this.unloaded.push(id);
  warmUp = async () => {};
  explain = (request: ExplainRequest, options?: TaskOptions) =>
    this.explains.call(request, options);
  batchSize = async () => this.volumesAtOnce;
  /** One call of `explains` for each volume; one that fails with bad input is refused. */
  explainBatch = ({ inputs, ...question }: BatchRequest, options?: TaskOptions) =>
    Promise.all(
      inputs.map((input) =>
        this.explains.call({ ...question, input }, options).catch((error: unknown) => {
          if (error instanceof AppError && error.code === 'bad-input')
            return { reason: error.message };
          throw error;
        }),
      ),
    );
  readonly scored = new Held<ScoresRequest, readonly Float32Array[]>();
  scores = (request: ScoresRequest, options?: TaskOptions) => this.scored.call(request, options);
  readonly occluded = new Held<OccludeRequest, OccludedScores>();
  occlude = (request: OccludeRequest, options?: TaskOptions) =>
    this.occluded.call(request, options);
  readonly channelled = new Held<ChannelsRequest, LayerChannels>();
  channels = (request: ChannelsRequest, options?: TaskOptions) =>
    this.channelled.call(request, options);
  readonly tests = new Held<TestMapsRequest, MapTests>();
  testMaps = (request: TestMapsRequest, options?: TaskOptions) => this.tests.call(request, options);
  readonly randomisations = new Held<RandomiseRequest, Randomised>();
  randomise = (request: RandomiseRequest, options?: TaskOptions) =>
    this.randomisations.call(request, options);
  readonly segments = new Held<SegmentRequest, Segmentation>();
  segment = (request: SegmentRequest, options?: TaskOptions) =>
    this.segments.call(request, options);
  readonly picked = new Held<WindowsRequest, WindowScores>();
  windowsApart = async () => null;
  windows = (request: WindowsRequest, options?: TaskOptions) => this.picked.call(request, options);
  memory = async () => ({ tensors: 0, bytes: 0 });
  dispose = async () => {};
}

/** A tomogram whose values are those of the place, and a list of four particles in it. */
export class FakeTomograms implements Tomograms {
  list: ParticleList = fakeList();
  /** Of a list of projections, which of them are there. */
  there = new Uint8Array(0);
  readonly cut: BoxesRequest[] = [];

  open = async (source: TomogramSource): Promise<TomogramInfo> => ({
    source,
    grid: {
      shape: [20, 30, 40],
      voxelSize: [10, 10, 10],
      voxelSizeKnown: true,
      origin: [1, 2, 3],
    },
    format: 'MRC/CCP4',
    valueType: '32-bit float',
    levels: [10],
    findings: [],
  });
  average = async (source: TomogramSource) => ({ ...(await this.open(source)), levels: [10, 20] });
  slice = async () => ({ picture: null, findings: [] });
  region = async () => null;
  boxes = async (_: BoxSource, request: BoxesRequest): Promise<CutBox[]> => {
    this.cut.push(request);
    const { shape, positions } = request;
    const voxelSize = request.voxelSize ?? 10;
    return Array.from({ length: positions.length / 3 }, (_one, i) => {
      const values = fakeVolume(shape[0], positions[3 * i]).data;
      const size = [voxelSize, voxelSize, voxelSize] as const;
      const grid = { shape, voxelSize: size, voxelSizeKnown: true, origin: [0, 0, 0] as const };
      return { input: values.slice(), values, grid, findings: [] };
    });
  };
  thumbnails = async () => ({ side: 1, data: new Float32Array(1) });
  projections = async () => ({ there: this.there, findings: [] });
  projected = async () => Promise.reject(new Error('not asked'));
  readList = async () => ({ list: this.list, projections: this.there.length > 0 });
  selectRows = async (
    [{ file }]: readonly PlacedFile[],
    format: ParticleFormatId,
    rows: Uint32Array,
  ) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return PARTICLE_FORMATS[format].select({ name: this.list.fileName, bytes }, rows);
  };
  example = async () => [];
  close = async () => {};
}

/** Four particles along x at 10 nm from each other, the last of which lies outside. */
export function fakeList(part: Partial<ParticleList> = {}): ParticleList {
  return {
    format: 'csv',
    fileName: 'particles.csv',
    count: 4,
    coordinates: Float64Array.of(50, 100, 100, 150, 100, 100, 250, 100, 100, 9000, 100, 100),
    frame: { unit: 'Å', from: 'corner', voxelSize: null },
    rotations: null,
    tomograms: [],
    tomogram: null,
    classes: { names: ['apple', 'pear'], index: Int32Array.of(0, 1, 1, 0) },
    score: { name: 'score', values: Float32Array.of(0.3, 0.1, 0.2, 0.4) },
    half: null,
    boxes: null,
    findings: [],
    ...part,
  };
}

export class FakeServices implements Services {
  readonly base = 'http://app.test/';
  readonly engine = new FakeEngine();
  readonly tomograms = new FakeTomograms();
  readonly opens = new Held<string, OpenedVolume[]>();
  readonly json = new Map<string, unknown>();

  openVolume = (
    name: string,
    _source: Blob | string,
    options?: TaskOptions & ReadingOptions,
  ): Promise<OpenedVolume[]> => this.opens.call(name, options);
  readonly counts = new Map<string, number>();
  countVolumes = async (name: string) => this.counts.get(name) ?? 1;
  simulate = async ({ name, item }: Subtomogram) => [fakeOpened(name, fakeVolume(BOX, item + 1))];
  prepare = async (...[opened, request]: Parameters<Services['prepare']>) =>
    prepareVolume(opened, request);
  openStructure = async (name: string) => ({
    ...{ name, atoms: 1 },
    positions: new Float32Array(3),
    chains: new Uint16Array(1),
    ribbon: null,
  });
  fetchJson = async (url: string) => this.json.get(url) ?? null;
}

/** The panels of two methods of what the header asks. */
export const pairOf = (left: CamMethod, right: CamMethod) => [
  mapPanel('p1', left),
  mapPanel('p2', right),
];

/** The maps of the columns, left to right. */
export const mapsIn = ({ display }: AppStores) =>
  display
    .getState()
    .columns.slice(1)
    .map(({ shown }) => shown);

/** Lets everything that is already settled run. */
export const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

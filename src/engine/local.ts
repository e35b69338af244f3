import type { LayerChannels } from '../core/cam/index.ts';
import type { MapTests } from '../core/probes/index.ts';
import { badInput, isAborted } from '../core/errors.ts';
import { hiding, voxelsOfPart } from '../core/faithfulness/index.ts';
import { answerBatches, answersFrom } from './answer.ts';
import { attempt, DeviceFailure } from './backends/failure.ts';
import { type Selected, selectBackend, type Without } from './backends/select.ts';
import { isSoftwareAdapter } from './backends/adapter.ts';
import {
  type Activations,
  activationBytes,
  computeActivations,
  releaseActivations,
} from './explain/activations.ts';
import { layerChannels } from './explain/channels.ts';
import { BytesLru } from './explain/cache.ts';
import { type BatchLimits, batchLimits, batchSize } from './explain/batch.ts';
import { warmUp } from './explain/explain.ts';
import type { Network } from './explain/network.ts';
import { scoresOfInputs } from './explain/scores.ts';
import { assertKept, forwardPlan, type MemoryPlan, planMemory } from './explain/slabs.ts';
import { TaskYielder } from './explain/yielder.ts';
import {
  type Aim,
  aimOf,
  type LoadedModel,
  mainView,
  placeAgain,
  placeLoaded,
  withNumbers,
} from './loaded.ts';
import { kernelThreads, mayHaveThreads, registerFastKernels } from './kernels/index.ts';
import { openNetwork } from './model/open.ts';
import { randomised } from './model/randomise.ts';
import { isOnDisk, openSource } from './model/source.ts';
import type { Platform } from './platform.ts';
import { checkInput, countClasses, toClasses, toNodes } from './request.ts';
import { outputOfTile, segment, wholeOutput } from './segment/segment.ts';
import { testMapsOf } from './test-maps.ts';
import { tf } from './tf.ts';
import { type Made, runRest, runShared } from './windows/run.ts';
import { scoreWindows, whyApart } from './windows/windows.ts';
import type {
  BackendChoice,
  BackendInfo,
  BatchRequest,
  ChannelsRequest,
  Engine,
  ExplainRequest,
  Explanation,
  ModelInfo,
  ModelSource,
  OccludedScores,
  OccludeRequest,
  Randomised,
  RandomiseRequest,
  Refusal,
  Scope,
  ScoresRequest,
  SharingRequest,
  Segmentation,
  SegmentRequest,
  TargetRequest,
  TaskOptions,
  TestMapsRequest,
  WindowScores,
  WindowsRequest,
} from './types.ts';

/** Activations, their copies on the host and finished maps of the volumes last asked about. */
const CACHE_BYTES = 384 * 2 ** 20;

/** A question about one volume. */
type OneVolume = TargetRequest &
  Pick<ExplainRequest, 'model' | 'input' | 'inputShape' | 'inputKey' | 'layers'>;

interface Found {
  readonly loaded: LoadedModel;
  readonly aim: Aim;
  readonly from: Activations;
  /** Milliseconds of this forward pass; undefined where it is that of `from`. */
  readonly forwardMs: number | undefined;
}

/** The engine in this thread: one task at a time, networks and activations kept between tasks. */
export class LocalEngine implements Engine {
  private selected: Selected | undefined;
  private readonly models = new Map<string, LoadedModel>();
  private readonly cache = new BytesLru<Activations>(CACHE_BYTES, releaseActivations);
  private queue: Promise<unknown> = Promise.resolve();
  /** Tasks that have not begun. */
  private waiting = 0;
  private warming: AbortController | undefined;

  constructor(private readonly platform: Platform) {}

  backend(): Promise<BackendInfo> {
    return this.enqueue(async () => (await this.ready()).info);
  }

  selectBackend(choice: BackendChoice): Promise<BackendInfo> {
    return this.enqueue(async () => {
      const before = this.selected;
      if (before?.info.name === choice) {
        this.selected = {
          ...before,
          info: { ...before.info, choice, reason: 'Chosen by the user.' },
        };
        return this.selected.info;
      }
      this.clear();
      try {
        await this.start(choice);
      } catch (error) {
        // The one before still works: continue with it and say what failed.
        if (before) await this.start(before.info.name);
        throw error;
      }
      return (await this.ready()).info;
    });
  }

  async loadModel(source: ModelSource, options: TaskOptions = {}): Promise<ModelInfo> {
    // Its files come while the backend starts or an earlier task computes.
    const open = (with_: TaskOptions) =>
      openNetwork(openSource(source, this.platform.readUrl), source, with_);
    const reading = open(options);
    reading.catch(() => undefined);
    const again = isOnDisk(source) ? () => open({}) : null;
    return this.enqueue(async () => {
      await this.ready();
      const loaded = placeLoaded(source.id, await reading, options, again);
      this.unload(source.id);
      this.models.set(source.id, loaded);
      return loaded.info;
    });
  }

  unloadModel(id: string): Promise<void> {
    return this.enqueue(async () => this.unload(id));
  }

  warmUp(id: string, options: TaskOptions = {}): Promise<void> {
    return this.enqueue(async () => {
      const view = mainView(this.find(id));
      const { network } = view;
      const { signal, done } = this.yielding(options.signal);
      const [node] = toNodes({ view }, 'default');
      options.onProgress?.({ stage: 'Warming up' });
      try {
        await this.guarded(async () => {
          const plan = planMemory(network, this.selected!.started.memory);
          return warmUp(network, node, new TaskYielder(signal), plan);
        });
      } catch (error) {
        if (!isAborted(error) || options.signal?.aborted) throw error;
      } finally {
        done();
      }
    });
  }

  explain(request: ExplainRequest, options: TaskOptions = {}): Promise<Explanation> {
    return this.enqueue(() => this.guarded(() => this.answer(request, options)));
  }

  batchSize(scope: Scope): Promise<number> {
    return this.enqueue(() =>
      this.guarded(async () => this.sizeFor(this.find(scope.model), scope)),
    );
  }

  explainBatch(
    request: BatchRequest,
    options: TaskOptions = {},
  ): Promise<readonly (Explanation | Refusal)[]> {
    return this.enqueue(() => this.guarded(() => this.answerAll(request, options)));
  }

  async segment(request: SegmentRequest, options: TaskOptions = {}): Promise<Segmentation> {
    const loaded = await this.enqueue(async () => this.find(request.model));
    const run = (values: Float32Array) =>
      this.enqueue(() => this.guarded(() => this.outputOf(request.model, values, options)));
    const found = await segment(loaded, request, run, options);
    return { ...found, backend: this.selected!.info.name };
  }

  channels(request: ChannelsRequest, options: TaskOptions = {}): Promise<LayerChannels> {
    return this.enqueue(() =>
      this.guarded(() => {
        const { layer, classIndex, statistics } = request;
        const asked = { ...request, layers: [layer] };
        return this.withActivations(asked, options, ({ aim, from }) => {
          const [node] = toNodes(aim, asked.layers);
          const [[index]] = toClasses(aim, [classIndex], [new Float32Array()]);
          const question = { node, target: aim.target, index, statistics };
          return layerChannels(aim.view.network, from, question, options);
        });
      }),
    );
  }

  testMaps(request: TestMapsRequest, options: TaskOptions = {}): Promise<MapTests> {
    return testMapsOf(this, request, options);
  }

  async windows(request: WindowsRequest, options: TaskOptions = {}): Promise<WindowScores> {
    const { model } = request;
    const loaded = await this.enqueue(async () => this.find(model));
    const yielder = new TaskYielder(options.signal);
    // The network is looked up each time: after a device failed it stands on another backend.
    const run = (task: (network: Network) => Promise<Made>) =>
      this.enqueue(() => this.guarded(() => task(mainView(this.find(model)).network)));
    const found = await scoreWindows(
      loaded,
      request,
      {
        shared: (part, tile, shape) => run((net) => runShared(net, part, tile, shape, yielder)),
        rest: (part, values, count) => run((net) => runRest(net, part, values, count, yielder)),
      },
      options,
    );
    return { ...found, backend: this.selected!.info.name };
  }

  windowsApart(request: SharingRequest): Promise<string | null> {
    return this.enqueue(async () => whyApart(this.find(request.model), request));
  }

  scores(request: ScoresRequest, options: TaskOptions = {}): Promise<readonly Float32Array[]> {
    return this.enqueue(() =>
      this.guarded(async () => {
        const loaded = this.find(request.model);
        const { inputs, inputShape } = request;
        for (const input of inputs) checkInput(loaded, { input, inputShape });
        const { view, target } = aimOf(loaded, request);
        const plan = planMemory(view.network, this.selected!.started.memory);
        return scoresOfInputs(
          view.network,
          target,
          inputs,
          { plan, limits: this.limits() },
          options,
        );
      }),
    );
  }

  async occlude(request: OccludeRequest, options: TaskOptions = {}): Promise<OccludedScores> {
    const { part, only, input, ...question } = request;
    const marked = voxelsOfPart(part);
    const seen = { input, channels: request.inputShape[request.inputShape.length - 1] };
    const inputs = [hiding(seen, marked, only)];
    const [scores] = await this.scores({ ...question, inputs }, options);
    return { scores, share: marked.reduce((sum, one) => sum + one, 0) / marked.length };
  }

  randomise(request: RandomiseRequest, options: TaskOptions = {}): Promise<Randomised> {
    return this.enqueue(async () => {
      await this.ready();
      const { model, id } = request;
      const { network, layers, of } = randomised(await withNumbers(this.find(model)), request);
      this.unload(id);
      this.models.set(id, placeLoaded(id, network, options));
      return { layers, of };
    });
  }

  memory(): Promise<{ tensors: number; bytes: number }> {
    return this.enqueue(async () => {
      await this.ready();
      const { numTensors, numBytes } = tf.memory();
      return { tensors: numTensors, bytes: numBytes };
    });
  }

  dispose(): Promise<void> {
    return this.enqueue(async () => {
      for (const id of [...this.models.keys()]) this.unload(id);
      this.clear();
    });
  }

  /**
   * One task after another: TensorFlow.js has one current backend and one tape. Whatever is asked for stops
   * the warm-up.
   */
  private enqueue<T>(task: () => Promise<T>): Promise<T> {
    this.warming?.abort();
    this.waiting++;
    const result = this.queue.then(() => {
      this.waiting--;
      return task();
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** A signal that is aborted with `outer`, and by any task that waits for this one to end. */
  private yielding(outer: AbortSignal | undefined) {
    const cancel = new AbortController();
    if (outer?.aborted || this.waiting > 0) cancel.abort();
    const abort = () => cancel.abort();
    outer?.addEventListener('abort', abort);
    this.warming = cancel;
    const done = () => {
      outer?.removeEventListener('abort', abort);
      this.warming = undefined;
    };
    return { signal: cancel.signal, done };
  }

  private async ready(): Promise<Selected> {
    if (!this.selected) await this.start('auto');
    return this.selected!;
  }

  private async start(choice: BackendChoice, without?: Without) {
    const selected = await selectBackend(this.platform.drivers, choice, without);
    this.selected = selected;
    await registerFastKernels(selected.info.name);
    if (selected.info.name === 'wasm') {
      const threads = await kernelThreads();
      const device = `${threads} ${threads === 1 ? 'thread' : 'threads'}, SIMD`;
      const alone = mayHaveThreads()
        ? ''
        : ' It has one thread, as this page is not cross-origin isolated.';
      const reason = `${selected.info.reason}${alone}`;
      this.selected = { ...selected, info: { ...selected.info, device, reason } };
    }
    for (const [id, loaded] of this.models) {
      this.models.set(id, await placeAgain(loaded));
    }
  }

  /** Drops everything that lives on the current backend, keeping what is needed to build it again. */
  private clear(): void {
    this.cache.clear();
    for (const { constants } of this.models.values()) {
      try {
        constants.dispose();
      } catch {
        // Its memory went with the lost device, or it was disposed when the last switch failed.
      }
    }
  }

  /** Runs a task; when the device fails it, moves to WebAssembly and runs it once more. */
  private async guarded<T>(task: () => Promise<T>): Promise<T> {
    const { started, info } = await this.ready();
    try {
      return await attempt(started, task);
    } catch (error) {
      if (!(error instanceof DeviceFailure) || !started.lost) throw error;
      this.clear();
      // A device that only has too small limits can still be chosen for another network; after any other
      // failure its memory holds buffers that are no good.
      if (error.kind !== 'limit') tf.removeBackend(info.name);
      await this.start('auto', {
        name: info.name,
        why: error.message,
        gone: error.kind === 'lost',
      });
      return task();
    }
  }

  private unload(id: string): void {
    this.cache.clear(`${id}\n`);
    this.models.get(id)?.constants.dispose();
    this.models.delete(id);
  }

  private find(id: string): LoadedModel {
    const loaded = this.models.get(id);
    if (!loaded) {
      const accepted = [...this.models.keys()].join(', ') || 'none is loaded';
      throw badInput(`unknown network '${id}'; accepted: ${accepted}`);
    }
    return loaded;
  }

  /** A volume so large that it is computed in slabs is computed alone. */
  private sizeFor(loaded: LoadedModel, scope: Scope): number {
    const aim = aimOf(loaded, scope);
    if (this.planFor(aim, scope).chainEnd > 0) return 1;
    const nodes = toNodes(aim, scope.layers);
    const classes = countClasses(aim, scope.classes);
    return batchSize(aim.view.network, nodes, classes, this.limits());
  }

  private limits(): BatchLimits {
    const { name, device } = this.selected!.info;
    return batchLimits(name, isSoftwareAdapter({ description: device }));
  }

  /** What a forward pass keeps; the layers asked about are among it. */
  private planFor(aim: Aim, { layers }: Pick<Scope, 'layers'>): MemoryPlan {
    const { network } = aim.view;
    const asked = toNodes(aim, layers);
    const plan = planMemory(network, this.selected!.started.memory, asked);
    for (const node of asked) assertKept(network, plan, node);
    return plan;
  }

  private answer(request: ExplainRequest, options: TaskOptions): Promise<Explanation> {
    return this.withActivations(request, options, async ({ loaded, from, forwardMs }) => {
      const backend = this.selected!.info.name;
      const [outcome] = await answersFrom(loaded, backend, from, request, options, forwardMs);
      if (outcome instanceof DeviceFailure) throw outcome;
      return outcome;
    });
  }

  /** Runs the network over one volume, unless that was done, and keeps what came out. */
  private async withActivations<T>(
    request: OneVolume,
    options: TaskOptions,
    use: (found: Found) => Promise<T>,
  ): Promise<T> {
    const loaded = this.find(request.model);
    const { input, inputShape: shape } = request;
    checkInput(loaded, request);
    const aim = aimOf(loaded, request);
    const { network, key: view } = aim.view;
    const key = request.inputKey && `${request.model}\n${view}\n${request.inputKey}`;
    const plan = this.planFor(aim, request);
    let from = key ? this.cache.get(key) : undefined;
    const forwardMs = from ? 0 : undefined;
    if (!from) {
      options.onProgress?.({ stage: 'Running the network' });
      const yielder = new TaskYielder(options.signal);
      const batch = { inputs: [input], shape, size: 1 };
      from = await computeActivations(network, batch, yielder, plan);
    }
    try {
      return await use({ loaded, aim, from, forwardMs });
    } finally {
      if (key) this.cache.set(key, from, activationBytes(from));
      else releaseActivations(from);
    }
  }

  private outputOf(id: string, values: Float32Array, { signal }: TaskOptions) {
    const loaded = this.find(id);
    const aim = wholeOutput(loaded);
    const plan = forwardPlan(aim.view.network, this.selected!.started.memory);
    const { inputShape } = loaded.info;
    return outputOfTile(aim, values, inputShape, new TaskYielder(signal), plan);
  }

  private answerAll(request: BatchRequest, options: TaskOptions) {
    const loaded = this.find(request.model);
    const { info, started } = this.selected!;
    const setting = {
      backend: info.name,
      size: this.sizeFor(loaded, request),
      plan: this.planFor(aimOf(loaded, request), request),
      replaceable: started.lost !== undefined,
    };
    return answerBatches(loaded, setting, request, options);
  }
}

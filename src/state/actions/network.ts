import { isAborted, sentence } from '../../core/errors.ts';
import { compareOutput, OUTPUT_ALONE, parityText } from '../../core/target/index.ts';
import { assertOpens, networkParts } from '../../core/network-formats.ts';
import { validate } from '../../core/schema/index.ts';
import type { BackendChoice, ModelInfo, ModelSource, TaskOptions } from '../../engine/types.ts';
import { type CatalogueEntry, catalogueList, firstNetwork } from '../network.ts';
import { knownAim } from '../aim.ts';
import { notify } from '../notices.ts';
import { imagesObstacle, isTurned, ownGrid } from '../prepare.ts';
import { currentVolume } from '../volumes.ts';
import type { History } from '../history.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import type { Explainer } from './explain.ts';
import type { NetworkPool } from './networkPool.ts';
import { inputOf } from './question.ts';

/** Null is the network's own choice; what is absent stays. */
export interface Question {
  readonly layer?: string | null;
  readonly classIndex?: number | null;
}

export interface NetworkActions {
  /** Reads the list of bundled networks; an absent list leaves it empty. */
  loadCatalogue(url: string): Promise<void>;
  /** @param byUser false when the app chooses; then it may choose another one later. */
  chooseNetwork(id: string, byUser?: boolean): Promise<void>;
  /** The network of the list that suits what is looked at, unless one is in use or on its way. */
  takeFirstNetwork(use: NonNullable<CatalogueEntry['first']>): Promise<void>;
  /** Loads a network; the one in use stays until the new one is ready, and if that fails. */
  loadNetwork(source: ModelSource, byUser?: boolean): Promise<void>;
  /**
   * Asks the network in use, or the one that is being loaded, about a layer and a class; what it does
   * not have is left out.
   */
  ask(question: Question): void;
  /** Loads a network from dropped files: `model.json`, its weights, `respond-cam.json`. */
  openNetwork(files: readonly File[]): Promise<void>;
  /** What the user knows about the network in use; undefined is not known. */
  describeNetwork(part: Partial<ModelInfo['sidecar']>): void;
  /** Says how far the network's main output on the volume shown is from a reference. */
  compareOutput(reference: Float32Array, file: string): Promise<string>;
  /** Reads the network in use, where it takes any size, for tiles of `[z, y, x]` voxels. */
  chooseTile(size: readonly number[]): Promise<void>;
  cancelNetwork(): void;
  /** Loads once more the network that could not be loaded last. */
  retryNetwork(): Promise<void>;
  /** Starts what computes, also after it could not be started; nothing needs to be reloaded. */
  startEngine(): Promise<void>;
  chooseBackend(choice: BackendChoice): Promise<void>;
}

export function createNetworkActions(
  set: StoreSet,
  services: () => Services,
  explainer: Explainer,
  history: History,
  pool: NetworkPool,
): NetworkActions {
  const { network, engine, explain, notices } = set;
  let loading: AbortController | null = null;
  let counter = 0;
  /** What the network that is being loaded will be asked. */
  let arriving: Question = {};
  let failed: (() => Promise<void>) | null = null;
  /** Where the network in use comes from. */
  let inUse: ModelSource | null = null;
  /** Sizes that it was last read for. */
  let sized = '';

  const settle = (error: string | null) => {
    const { model } = network.getState();
    network.setState({
      status: model ? 'ready' : error ? 'error' : 'empty',
      chosenId: model?.id ?? null,
      progress: null,
      error,
    });
    arriving = {};
    explainer.refresh();
  };

  const loadNetwork = (source: ModelSource, byUser = true) =>
    takeNetwork(source, byUser, (shaped, options) => services().engine.loadModel(shaped, options));

  const takeNetwork = async (
    source: ModelSource,
    byUser: boolean,
    load: (source: ModelSource, options: TaskOptions) => Promise<ModelInfo>,
  ) => {
    loading?.abort();
    failed = null;
    arriving = {};
    const abort = new AbortController();
    loading = abort;
    const { signal } = abort;
    network.setState({
      status: 'loading',
      chosenId: source.id,
      byUser,
      progress: { stage: 'Loading the network' },
      error: null,
    });
    explainer.refresh();
    try {
      const item = currentVolume(set.volumes.getState());
      const whole = item ? ownGrid(item).shape : undefined;
      const turned = item !== null && isTurned(item);
      const shaped: ModelSource =
        source.inputShape || !whole
          ? source
          : { ...source, inputShape: whole, tiles: true, turned };
      const model = await load(shaped, {
        signal,
        onProgress: (progress) => {
          if (!signal.aborted) network.setState({ progress });
        },
      });
      if (signal.aborted) {
        if (model.id !== network.getState().model?.id)
          await services().engine.unloadModel(model.id);
        return;
      }
      loading = null;
      inUse = source;
      sized = `${model.id} ${whole ?? source.inputShape}`;
      const before = network.getState().model;
      explainer.networkChanges();
      const { classIndex, layer, aim } = explain.getState();
      const sameClasses = before?.classes.join('\n') === model.classes.join('\n');
      explain.setState({
        ...known(model, { layer, classIndex: sameClasses ? classIndex : null, ...arriving }),
        aim: knownAim(model, aim),
      });
      arriving = {};
      pool.adopt(shaped, model);
      network.setState({ model, status: 'ready', chosenId: model.id, progress: null, error: null });
      for (const note of model.notes) notify(notices, 'info', note);
      // The same address may hold another network by now.
      if (before?.id === model.id) explainer.restart();
      else explainer.refresh();
      await pool.release();
      warmUp();
    } catch (error) {
      if (signal.aborted) return;
      loading = null;
      if (isAborted(error)) {
        settle(null);
        return;
      }
      failed = () => takeNetwork(source, byUser, load);
      settle(sentence(error));
      // Without a network the error stands where the maps would be.
      if (network.getState().model) notify(notices, 'error', sentence(error));
    }
  };

  const chooseNetwork = async (id: string, byUser = true) => {
    const { catalogue, chosenId } = network.getState();
    const entry = catalogue.find((one) => one.id === id);
    if (!entry) return;
    if (chosenId === id) {
      network.setState({ byUser });
      return;
    }
    const url = new URL(entry.path, services().base).href;
    // One that a panel asks is there already.
    const source = { kind: 'url', url, id, label: entry.title } as const;
    await takeNetwork(source, byUser, (shaped, options) => pool.load(id, options, shaped));
  };

  /** Uses the time until the first question; the engine stops it for whatever is asked. */
  const warmUp = () => {
    const { model } = network.getState();
    if (!model || explain.getState().status === 'running') return;
    // What fails here fails again, and is reported, when it is needed.
    services()
      .engine.warmUp(model.id)
      .catch(() => undefined);
  };

  // A network that leaves its sizes open takes those of the volume.
  explain.subscribe(({ mismatch }) => {
    const { model } = network.getState();
    const item = currentVolume(set.volumes.getState());
    if (!mismatch || !model?.inputDeclared.open || !inUse || !item || loading) return;
    const inputShape = ownGrid(item).shape;
    const wanted = `${model.id} ${inputShape}`;
    if (imagesObstacle(item.report, model) || sized === wanted) return;
    sized = wanted;
    const turned = isTurned(item);
    void loadNetwork({ ...inUse, inputShape, tiles: true, turned }, network.getState().byUser);
  });

  return {
    async loadCatalogue(url) {
      try {
        const found = await services().fetchJson(url);
        network.setState({ catalogue: found === null ? [] : validate(catalogueList, found, url) });
      } catch (error) {
        notify(notices, 'error', `The list of networks could not be read: ${sentence(error)}`);
      }
    },
    chooseNetwork,
    async takeFirstNetwork(use) {
      const { catalogue, chosenId } = network.getState();
      const found = firstNetwork(catalogue, use);
      if (found && !chosenId) await chooseNetwork(found.id, false);
    },
    loadNetwork,
    ask(question) {
      const { model } = network.getState();
      if (loading) arriving = { ...arriving, ...question };
      else if (model) {
        history.commit('case', () => explain.setState(known(model, question)));
        explainer.refresh();
      }
    },
    async chooseTile(inputShape) {
      const { model, byUser } = network.getState();
      if (!model?.inputDeclared.open || !inUse) return;
      await loadNetwork({ ...inUse, inputShape, tiles: undefined }, byUser);
    },
    async openNetwork(files) {
      try {
        assertOpens(networkParts(files.map(({ name }) => name)).main);
        const named = files.map((file) => ({ name: file.name, bytes: file }));
        await loadNetwork({ kind: 'files', files: named, id: `dropped-${++counter}` });
      } catch (error) {
        notify(notices, 'error', sentence(error));
      }
    },
    describeNetwork(part) {
      const { model } = network.getState();
      if (!model) return;
      const sidecar = { ...model.sidecar, ...part };
      network.setState({ model: { ...model, sidecar, classes: part.classes ?? model.classes } });
      explainer.restart();
    },
    async compareOutput(reference, file) {
      const { model } = network.getState();
      const { prepared } = explain.getState();
      if (!model || !prepared) return `${file}: there is no volume for the network to answer to`;
      try {
        const { scores } = await services().engine.explain({
          ...inputOf(model, prepared),
          ...OUTPUT_ALONE,
        });
        const found = compareOutput(scores, model.outputs[0].name, { file, values: reference });
        return `${file}: the output of ${model.title} ${parityText(found)}.`;
      } catch (error) {
        return sentence(error);
      }
    },
    cancelNetwork() {
      if (!loading) return;
      loading.abort();
      loading = null;
      settle(null);
    },
    async retryNetwork() {
      await failed?.();
    },
    async startEngine() {
      engine.setState({ status: 'starting', error: null });
      try {
        const backend = await services().engine.backend();
        engine.setState({ backend, choice: backend.choice, status: 'ready', error: null });
      } catch (error) {
        engine.setState({ status: 'error', error: sentence(error) });
        return;
      }
      await failed?.();
    },
    async chooseBackend(choice) {
      if (choice === engine.getState().choice) return;
      const before = engine.getState().choice;
      engine.setState({ choice, status: 'switching', error: null });
      explainer.cancel();
      try {
        const backend = await services().engine.selectBackend(choice);
        if (engine.getState().choice !== choice) return;
        engine.setState({ backend, status: 'ready' });
        explainer.restart();
        warmUp();
      } catch (error) {
        if (engine.getState().choice !== choice) return;
        engine.setState({ choice: before, status: 'ready', error: sentence(error) });
        notify(notices, 'error', sentence(error));
        explainer.refresh();
      }
    },
  };
}

/** What of a question the network has. */
function known(model: ModelInfo, question: Question): Question {
  const { layer, classIndex } = question;
  const hasLayer = !layer || model.layers.some(({ name }) => name === layer);
  const hasClass = classIndex == null || classIndex < model.classes.length;
  return {
    ...question,
    ...(!hasLayer && { layer: null }),
    ...(!hasClass && { classIndex: null }),
  };
}

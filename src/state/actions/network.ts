import { isAborted, sentence } from '../../core/errors.ts';
import type { BackendChoice, ModelSource } from '../../engine/types.ts';
import type { CatalogueEntry } from '../network.ts';
import { notify } from '../notices.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import type { Explainer } from './explain.ts';

export interface NetworkActions {
  /** Reads the list of bundled networks; an absent list leaves it empty. */
  loadCatalogue(url: string): Promise<void>;
  chooseNetwork(id: string): Promise<void>;
  /** Loads a network; the one in use stays until the new one is ready, and if that fails. */
  loadNetwork(source: ModelSource): Promise<void>;
  /** Loads a network from dropped files: `model.json`, its weights, `respond-cam.json`. */
  openNetwork(files: readonly File[]): Promise<void>;
  cancelNetwork(): void;
  startEngine(): Promise<void>;
  chooseBackend(choice: BackendChoice): Promise<void>;
}

export function createNetworkActions(
  set: StoreSet,
  services: () => Services,
  explainer: Explainer,
): NetworkActions {
  const { network, engine, explain, notices } = set;
  let loading: AbortController | null = null;
  let counter = 0;

  const settle = (error: string | null) => {
    const { model } = network.getState();
    network.setState({
      status: model ? 'ready' : error ? 'error' : 'empty',
      chosenId: model?.id ?? null,
      progress: null,
      error,
    });
  };

  const loadNetwork = async (source: ModelSource) => {
    loading?.abort();
    const abort = new AbortController();
    loading = abort;
    const { signal } = abort;
    network.setState({
      status: 'loading',
      chosenId: source.id,
      progress: { stage: 'Loading the network' },
      error: null,
    });
    try {
      const model = await services().engine.loadModel(source, {
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
      const before = network.getState().model;
      const sameClasses = before?.classes.join('\n') === model.classes.join('\n');
      if (!sameClasses) explain.setState({ classIndex: null });
      network.setState({ model, status: 'ready', chosenId: model.id, progress: null, error: null });
      for (const note of model.notes) notify(notices, 'info', note);
      explainer.refresh();
      if (before && before.id !== model.id) await services().engine.unloadModel(before.id);
      warmUp();
    } catch (error) {
      if (signal.aborted) return;
      loading = null;
      if (isAborted(error)) {
        settle(null);
        return;
      }
      settle(sentence(error));
      notify(notices, 'error', sentence(error));
    }
  };

  /** Uses the time until the first question; the engine stops it for whatever is asked. */
  const warmUp = () => {
    const { model } = network.getState();
    if (!model || explain.getState().status === 'running') return;
    // What fails here fails again, and is told, when it is needed.
    services()
      .engine.warmUp(model.id)
      .catch(() => undefined);
  };

  return {
    async loadCatalogue(url) {
      try {
        network.setState({ catalogue: readCatalogue(await services().fetchJson(url)) });
      } catch (error) {
        notify(notices, 'error', `The list of networks could not be read: ${sentence(error)}`);
      }
    },
    async chooseNetwork(id) {
      const entry = network.getState().catalogue.find((one) => one.id === id);
      if (!entry || network.getState().chosenId === id) return;
      const url = new URL(entry.path, services().base).href;
      await loadNetwork({ kind: 'url', url, id });
    },
    loadNetwork,
    async openNetwork(files) {
      try {
        const bytes = await services().readBytes(files);
        await loadNetwork({ kind: 'files', files: bytes, id: `dropped-${++counter}` });
      } catch (error) {
        notify(notices, 'error', sentence(error));
      }
    },
    cancelNetwork() {
      loading?.abort();
      loading = null;
      settle(null);
    },
    async startEngine() {
      try {
        const backend = await services().engine.backend();
        engine.setState({ backend, choice: backend.choice, status: 'ready', error: null });
      } catch (error) {
        engine.setState({ status: 'error', error: sentence(error) });
        notify(notices, 'error', sentence(error));
      }
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

function readCatalogue(value: unknown): CatalogueEntry[] {
  const list = Array.isArray(value) ? value : [];
  return list.filter(
    (one): one is CatalogueEntry => typeof one?.id === 'string' && typeof one?.path === 'string',
  );
}

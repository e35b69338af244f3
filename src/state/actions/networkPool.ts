import { AppError } from '../../core/errors.ts';
import type { ModelInfo, ModelSource, TaskOptions } from '../../engine/types.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';

/** Networks that are kept loaded beside the one in the header. */
const LIMIT = 4;

interface Entry {
  readonly source: ModelSource;
  readonly model: ModelInfo;
  loaded: boolean;
}

/** The networks of this visit: where each comes from, and which of them the engine holds. */
export interface NetworkPool {
  /** What is known of a network that was loaded once. */
  info(id: string): ModelInfo | null;
  /** Where a network comes from; null for one that is not known. */
  sourceOf(id: string): ModelSource | null;
  /** Notes where a network comes from that is not loaded yet. */
  know(source: ModelSource): void;
  /** Notes a network that the header has loaded. */
  adopt(source: ModelSource, model: ModelInfo): void;
  /** The network, loaded from where it is known to be, or from `source`, unless the engine holds it. */
  load(id: string, options: TaskOptions, source?: ModelSource): Promise<ModelInfo>;
  /** Releases those that neither the header nor a panel names. */
  release(): Promise<void>;
}

export function createNetworkPool(set: StoreSet, services: () => Services): NetworkPool {
  const { network, explain } = set;
  const announced = new Map<string, ModelSource>();
  /** The last used comes last. */
  const entries = new Map<string, Entry>();

  const header = () => network.getState().model?.id;
  const isNamed = (id: string) =>
    explain
      .getState()
      .panels.some((panel) => panel.shows === 'map' && panel.overrides.network === id);

  const unload = async (id: string, entry: Entry) => {
    entry.loaded = false;
    await services().engine.unloadModel(id);
  };

  const remember = (source: ModelSource, model: ModelInfo) => {
    entries.delete(model.id);
    entries.set(model.id, { source, model, loaded: true });
    const { catalogue } = network.getState();
    const opened = [...entries.values()]
      .filter((entry) => !catalogue.some(({ id }) => id === entry.model.id))
      .map((entry) => ({ id: entry.model.id, title: entry.model.title }));
    network.setState({ opened });
  };

  const sourceOf = (id: string): ModelSource | null => {
    const known = entries.get(id)?.source ?? announced.get(id);
    if (known) return known;
    const { catalogue } = network.getState();
    const entry = catalogue.find((one) => one.id === id);
    if (!entry) return null;
    const url = new URL(entry.path, services().base).href;
    return { kind: 'url', url, id, label: entry.title };
  };

  return {
    info(id) {
      const { model } = network.getState();
      return model?.id === id ? model : (entries.get(id)?.model ?? null);
    },
    sourceOf,
    know(source) {
      announced.set(source.id, source);
    },
    adopt: remember,
    async load(id, options, given) {
      const { model: inHeader } = network.getState();
      if (inHeader?.id === id) return inHeader;
      const known = entries.get(id);
      if (known?.loaded) {
        entries.delete(id);
        entries.set(id, known);
        return known.model;
      }
      const source = given ?? sourceOf(id);
      if (!source) throw new AppError('bad-input', `The network ${id} is not open.`);
      const held = [...entries].filter(([one, { loaded }]) => loaded && one !== header());
      for (const [one, entry] of held.slice(0, Math.max(0, held.length + 1 - LIMIT)))
        await unload(one, entry);
      const model = await services().engine.loadModel(source, options);
      remember(source, model);
      return model;
    },
    async release() {
      for (const [id, entry] of entries) {
        if (entry.loaded && id !== header() && !isNamed(id)) await unload(id, entry);
      }
    },
  };
}

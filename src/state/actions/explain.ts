import { CAM_METHODS } from '../../core/cam/types.ts';
import { isAborted, sentence } from '../../core/errors.ts';
import type { Explanation, ModelInfo } from '../../engine/types.ts';
import {
  mismatch,
  networkBox,
  type Prepared,
  type PrepareRequest,
  requestFor,
} from '../prepare.ts';
import { notify } from '../notices.ts';
import type { StoreSet } from '../set.ts';
import type { Services, VolumeItem } from '../types.ts';
import { currentVolume } from '../volumes.ts';

export interface Explainer {
  /**
   * Brings the explanation in line with volume, network, layer and options. The latest call wins: a
   * run for anything else is aborted, one for the same things goes on.
   */
  refresh(): void;
  cancel(): void;
  /** Forgets every result and explains anew, e.g. on another backend. */
  restart(): void;
  /** Settles when the run under way has ended in any way. */
  settled(): Promise<void>;
}

interface Target {
  readonly item: VolumeItem;
  readonly model: ModelInfo;
  readonly layer: string;
  readonly request: PrepareRequest;
  /** Same key, same input. */
  readonly inputKey: string;
  readonly key: string;
}

interface Run {
  readonly key: string;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

const CACHE_LIMIT = 6;

export function createExplainer(set: StoreSet, services: () => Services): Explainer {
  const { explain } = set;
  const cache = new Map<string, { prepared: Prepared; result: Explanation }>();
  let run: Run | null = null;

  const stop = () => {
    run?.abort.abort();
    run = null;
  };

  const refresh = () => {
    const target = targetOf(set);
    if (!target) {
      stop();
      explain.setState({ ...NOTHING, status: 'idle' });
      return;
    }
    if ('obstacle' in target) {
      stop();
      explain.setState({ ...NOTHING, status: 'idle', mismatch: target.obstacle });
      return;
    }
    const { key } = target;
    if (run?.key === key) return;
    stop();
    const found = cache.get(key);
    if (found) {
      cache.delete(key);
      cache.set(key, found);
      show(set, found);
      return;
    }
    const abort = new AbortController();
    run = { key, abort, done: start(target, abort.signal) };
  };

  const prepare = async ({ item, model, request, inputKey }: Target): Promise<Prepared> => ({
    ...(await services().prepare(item.volume, request)),
    key: inputKey,
    volumeId: item.id,
    inputShape: model.inputShape,
  });

  /** The engine falls back by itself when a device is lost; the page says so. */
  const followBackend = async (used: Explanation['backend']) => {
    const { backend } = set.engine.getState();
    if (!backend || backend.name === used) return;
    const now = await services().engine.backend();
    set.engine.setState({ backend: now });
    notify(set.notices, 'info', now.reason);
  };

  const start = async (target: Target, signal: AbortSignal) => {
    const { prepared: before } = explain.getState();
    explain.setState({
      status: 'running',
      error: null,
      mismatch: null,
      progress: { stage: 'Preparing the volume' },
      ...(before?.key === target.inputKey ? {} : { prepared: null, result: null }),
    });
    // `run` is this run from here on, even if what follows fails at once.
    await Promise.resolve();
    if (signal.aborted) return;
    try {
      const prepared = before?.key === target.inputKey ? before : await prepare(target);
      if (signal.aborted) return;
      if (explain.getState().prepared !== prepared) showInput(set, prepared);
      const result = await services().engine.explain(
        {
          model: target.model.id,
          input: prepared.input,
          inputShape: prepared.inputShape,
          inputKey: prepared.key,
          layers: [target.layer],
          classes: 'all',
          methods: CAM_METHODS,
        },
        {
          signal,
          onProgress: (progress) => {
            if (!signal.aborted) explain.setState({ progress });
          },
        },
      );
      if (signal.aborted) return;
      cache.set(target.key, { prepared, result });
      for (const old of cache.keys()) {
        if (cache.size <= CACHE_LIMIT) break;
        cache.delete(old);
      }
      run = null;
      show(set, { prepared, result });
      await followBackend(result.backend);
    } catch (error) {
      // An aborted run has a successor that owns the state by now, or `cancel` has cleared it.
      if (signal.aborted) return;
      run = null;
      explain.setState(
        isAborted(error)
          ? { status: 'idle', progress: null }
          : { status: 'error', progress: null, error: sentence(error) },
      );
    }
  };

  return {
    refresh,
    cancel() {
      if (!run) return;
      stop();
      explain.setState({ status: explain.getState().result ? 'ready' : 'idle', progress: null });
    },
    restart() {
      stop();
      cache.clear();
      explain.setState(NOTHING);
      refresh();
    },
    async settled() {
      while (run) await run.done;
    },
  };
}

const NOTHING = { progress: null, error: null, mismatch: null, prepared: null, result: null };

function targetOf(set: StoreSet): Target | { obstacle: string } | null {
  const item = currentVolume(set.volumes.getState());
  const { model } = set.network.getState();
  if (!item || !model) return null;
  const { options } = set.volumes.getState();
  const box = networkBox(model);
  const obstacle = box && options.fit !== 'none' ? null : mismatch(item.volume.shape, model);
  if (!box || obstacle) return { obstacle: obstacle ?? '' };
  const wanted = set.explain.getState().layer;
  const layer = model.layers.some(({ name }) => name === wanted) ? wanted! : model.defaultLayer;
  const request = requestFor(model, box, options);
  const { fit, invert, normalization } = request;
  const inputKey = [item.id, model.id, fit, invert, normalization].join('|');
  return { item, model, layer, request, inputKey, key: `${inputKey}|${layer}` };
}

function show(set: StoreSet, { prepared, result }: { prepared: Prepared; result: Explanation }) {
  if (set.explain.getState().prepared !== prepared) showInput(set, prepared);
  const { classIndex } = set.explain.getState();
  set.explain.setState({
    status: 'ready',
    progress: null,
    error: null,
    mismatch: null,
    result,
    classIndex: classIndex !== null && classIndex < result.scores.length ? classIndex : null,
  });
}

function showInput(set: StoreSet, prepared: Prepared) {
  set.explain.setState({ prepared, result: null });
}

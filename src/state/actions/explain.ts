import { CAM_METHODS } from '../../core/cam/types.ts';
import { isAborted, sentence } from '../../core/errors.ts';
import type { Explanation, ModelInfo } from '../../engine/types.ts';
import { mismatch, networkBox, type Prepared, prepare } from '../prepare.ts';
import type { StoreSet } from '../set.ts';
import type { Services, VolumeItem } from '../types.ts';
import { currentVolume, type InputOptions } from '../volumes.ts';

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
  readonly options: InputOptions;
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
    const key = keyOf(target);
    if (run?.key === key) return;
    stop();
    const found = cache.get(key);
    if (found) {
      cache.delete(key);
      cache.set(key, found);
      show(set, found);
      return;
    }
    const obstacle =
      networkBox(target.model) && target.options.fit !== 'none'
        ? null
        : mismatch(target.item.volume, target.model);
    if (obstacle) {
      explain.setState({ ...NOTHING, status: 'idle', mismatch: obstacle });
      return;
    }
    const abort = new AbortController();
    run = { key, abort, done: start(target, key, abort.signal) };
  };

  const start = async (target: Target, key: string, signal: AbortSignal) => {
    const { prepared: before } = explain.getState();
    explain.setState({
      status: 'running',
      error: null,
      mismatch: null,
      progress: { stage: 'Preparing the volume' },
      ...(before && before.key === inputKeyOf(target) ? {} : { prepared: null, result: null }),
    });
    // `run` is this run from here on, even if what follows fails at once.
    await Promise.resolve();
    if (signal.aborted) return;
    try {
      const prepared =
        before?.key === inputKeyOf(target)
          ? before
          : await prepare(target.item.id, target.item.volume, target.model, target.options, signal);
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
      cache.set(key, { prepared, result });
      for (const old of cache.keys()) {
        if (cache.size <= CACHE_LIMIT) break;
        cache.delete(old);
      }
      run = null;
      show(set, { prepared, result });
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

function targetOf(set: StoreSet): Target | null {
  const item = currentVolume(set.volumes.getState());
  const { model } = set.network.getState();
  if (!item || !model) return null;
  const wanted = set.explain.getState().layer;
  const layer = model.layers.some(({ name }) => name === wanted) ? wanted! : model.defaultLayer;
  return { item, model, layer, options: set.volumes.getState().options };
}

function inputKeyOf({ item, model, options }: Target): string {
  const normalization =
    options.normalization === 'model'
      ? (model.sidecar.normalization ?? 'none')
      : options.normalization;
  return [item.id, model.id, options.fit, options.invert, normalization].join('|');
}

const keyOf = (target: Target) => `${inputKeyOf(target)}|${target.layer}`;

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

import { isAborted, sentence } from '../../core/errors.ts';
import type { Explanation, ExplainRequest, ModelInfo } from '../../engine/types.ts';
import { aimKey, explainsAll, namesOf } from '../aim.ts';
import { type Answer, EAGER_METHODS, shownClass } from '../explain.ts';
import {
  imagesObstacle,
  mismatch,
  networkBox,
  ownGrid,
  type Prepared,
  type PrepareRequest,
  requestFor,
} from '../prepare.ts';
import { notify } from '../notices.ts';
import type { StoreSet } from '../set.ts';
import type { Services, VolumeItem } from '../types.ts';
import { currentVolume, optionsOf } from '../volumes.ts';

export interface Explainer {
  /**
   * Brings the explanation in line with volume, network, layer and options. The latest call wins: a
   * run for anything else is aborted, one for the same things continues. While another network or
   * layer is on its way the answer at hand stays, marked as stale; nothing is asked of a network
   * that is about to be replaced.
   */
  refresh(): void;
  /** Stops the run; the choices are again those of the answer at hand, or there is none. */
  cancel(): void;
  /** Drops every result and explains again, e.g. on another backend. */
  restart(): void;
  /** Call it before the network is replaced: the answer at hand keeps the class it shows. */
  networkChanges(): void;
  /** Settles when the run under way has ended in any way. */
  settled(): Promise<void>;
}

interface Target {
  readonly item: VolumeItem;
  readonly model: ModelInfo;
  readonly layer: string;
  readonly classes: ExplainRequest['classes'];
  readonly about: Pick<ExplainRequest, 'output' | 'target' | 'statistics'>;
  readonly request: PrepareRequest;
  readonly volumeKey: string;
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
const NO_ANSWER = { prepared: null, answer: null, stale: false };
const NOTHING = {
  ...NO_ANSWER,
  status: 'idle',
  progress: null,
  error: null,
  mismatch: null,
} as const;

export function createExplainer(set: StoreSet, services: () => Services): Explainer {
  const { explain } = set;
  const cache = new Map<string, Answer>();
  let run: Run | null = null;

  const stop = () => {
    run?.abort.abort();
    run = null;
  };

  const show = (answer: Answer) => {
    const { classIndex } = explain.getState();
    const { prepared, result } = answer;
    explain.setState({
      ...NOTHING,
      status: 'ready',
      prepared,
      answer,
      classIndex: classIndex !== null && classIndex < result.scores.length ? classIndex : null,
    });
  };

  /** The answer at hand where it is of this volume; it is of another network or layer. */
  const keepAnswer = (volumeKey: string) => {
    const { answer, prepared } = explain.getState();
    return answer?.volumeKey === volumeKey ? { answer, prepared, stale: true } : NO_ANSWER;
  };

  const refresh = () => {
    const target = targetOf(set);
    if ('obstacle' in target) {
      stop();
      explain.setState({ ...NOTHING, mismatch: target.obstacle });
      return;
    }
    if ('waiting' in target) {
      stop();
      explain.setState({ ...NOTHING, ...keepAnswer(target.waiting) });
      return;
    }
    const { key } = target;
    if (run?.key === key) return;
    stop();
    const { answer } = explain.getState();
    const found = answer?.key === key ? answer : cache.get(key);
    if (found) {
      cache.delete(key);
      cache.set(key, { ...found, lastClass: null });
      show({ ...found, lastClass: null });
      return;
    }
    const abort = new AbortController();
    run = { key, abort, done: start(target, abort.signal) };
  };

  const prepare = async ({ item, model, request, inputKey }: Target): Promise<Prepared> => ({
    ...(await services().prepare(item, request)),
    key: inputKey,
    volumeId: item.id,
    inputShape: model.inputShape,
  });

  /** The engine falls back by itself when a device is lost; the page says so. */
  const followBackend = async (used: Explanation['backend']) => {
    const { backend } = set.engine.getState();
    if (backend?.name === used) return;
    const now = await services().engine.backend();
    set.engine.setState({ backend: now, status: 'ready', error: null });
    if (backend) notify(set.notices, 'info', now.reason);
  };

  const start = async (target: Target, signal: AbortSignal) => {
    const { item, model, volumeKey, inputKey, key } = target;
    const { prepared: before } = explain.getState();
    explain.setState({
      ...NOTHING,
      ...keepAnswer(volumeKey),
      ...(before?.key === inputKey && { prepared: before }),
      status: 'running',
      progress: { stage: 'Preparing the volume' },
    });
    // `run` is this run from here on, even if what follows fails at once.
    await Promise.resolve();
    if (signal.aborted) return;
    try {
      const prepared = before?.key === inputKey ? before : await prepare(target);
      if (signal.aborted) return;
      explain.setState({ prepared });
      const result = await services().engine.explain(
        {
          model: model.id,
          input: prepared.input,
          inputShape: prepared.inputShape,
          inputKey: prepared.key,
          layers: [target.layer],
          classes: target.classes,
          methods: EAGER_METHODS,
          ...target.about,
        },
        {
          signal,
          onProgress: (progress) => {
            if (!signal.aborted) explain.setState({ progress });
          },
        },
      );
      if (signal.aborted) return;
      const named = { ...model, classes: namesOf(model, result) };
      const answer = { key, item, volumeKey, model: named, prepared, result, lastClass: null };
      cache.set(key, answer);
      for (const old of cache.keys()) {
        if (cache.size <= CACHE_LIMIT) break;
        cache.delete(old);
      }
      run = null;
      show(answer);
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
      const { answer } = explain.getState();
      const { model } = set.network.getState();
      if (!answer || answer.model.id !== model?.id) {
        explain.setState({ ...NOTHING, prepared: explain.getState().prepared });
        return;
      }
      const [{ name }] = answer.result.layers;
      explain.setState({ layer: name === model.defaultLayer ? null : name });
      show(answer);
    },
    restart() {
      stop();
      cache.clear();
      explain.setState(NOTHING);
      refresh();
    },
    networkChanges() {
      const { answer } = explain.getState();
      if (!answer) return;
      explain.setState({ answer: { ...answer, lastClass: shownClass(explain.getState()) } });
    },
    async settled() {
      while (run) await run.done;
    },
  };
}

/** What is to be explained; what stands in the way; or the volume that waits for a network. */
function targetOf(set: StoreSet): Target | { obstacle: string } | { waiting: string } {
  const volumes = set.volumes.getState();
  const item = currentVolume(volumes);
  const { model, status } = set.network.getState();
  const options = optionsOf(volumes);
  const volumeKey = item
    ? [item.id, options.fit, options.invert, options.normalization].join('|')
    : '';
  if (!item || !model || status === 'loading') return { waiting: volumeKey };
  const box = networkBox(model);
  const obstacle =
    (box && imagesObstacle(item.report, model)) ??
    (box && options.fit !== 'none' ? null : mismatch(ownGrid(item).shape, model));
  if (!box || obstacle) return { obstacle: obstacle ?? '' };
  const { layer: wanted, aim, classIndex } = set.explain.getState();
  const layer = model.layers.some(({ name }) => name === wanted) ? wanted! : model.defaultLayer;
  const request = requestFor(model, box, options);
  const { fit, invert, normalization } = request;
  const inputKey = [item.id, model.id, fit, invert, normalization].join('|');
  const classes = explainsAll(model, aim) ? 'all' : classIndex === null ? 'top' : [classIndex];
  const about = {
    ...(aim.output !== null && { output: aim.output }),
    ...(aim.target && { target: aim.target }),
    ...(aim.statistics && { statistics: aim.statistics }),
  };
  const key = [inputKey, layer, aimKey(aim), classes].join('|');
  return { item, model, layer, classes, about, request, volumeKey, inputKey, key };
}

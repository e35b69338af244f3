import { isAborted, sentence } from '../../core/errors.ts';
import { type CamMethod, METHODS, methodRow } from '../../core/cam/index.ts';
import type { Explanation, ExplainRequest, ModelInfo } from '../../engine/types.ts';
import { aimKey, explainsAll, isAveraged, namesOf } from '../aim.ts';
import { type Answer, EAGER_METHODS, hasMaps, type MapChoice, shownClass } from '../explain.ts';
import { eagerPair, moreKey, nextQuestion, withMaps } from '../moreMaps.ts';
import {
  imagesObstacle,
  mismatch,
  networkBox,
  ownGrid,
  type Prepared,
  type PrepareRequest,
  requestFor,
  subjectOf,
} from '../prepare.ts';
import { notify } from '../notices.ts';
import type { StoreSet } from '../set.ts';
import type { Services, VolumeItem } from '../types.ts';
import { currentVolume, optionsOf } from '../volumes.ts';

export interface Explainer {
  /**
   * Brings the explanation in line with volume, network, layer, options and the maps that are chosen. The latest
   * call wins: a run for anything else is aborted, one for the same things continues. While another network, layer
   * or map is on its way the answer at hand stays, marked as stale; nothing is asked of a network
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

  /** What is chosen, as far as an explanation has such a class. */
  const choiceFor = ({ scores, predicted }: Explanation): MapChoice => {
    const { classIndex, methods } = explain.getState();
    const known = classIndex !== null && classIndex < scores.length;
    return { classIndex: known ? classIndex : predicted, methods };
  };

  const show = (answer: Answer) => {
    const { classIndex } = explain.getState();
    const { prepared, result } = answer;
    const shown = choiceFor(result);
    explain.setState({
      ...NOTHING,
      status: 'ready',
      prepared,
      // The same object where nothing else is shown, so that nothing is made again of it.
      answer: isChosen(answer.shown, shown) ? answer : { ...answer, shown },
      classIndex: classIndex !== null && classIndex < result.scores.length ? classIndex : null,
    });
  };

  const remember = (answer: Answer) => {
    cache.delete(answer.key);
    cache.set(answer.key, answer);
    for (const old of cache.keys()) {
      if (cache.size <= CACHE_LIMIT) break;
      cache.delete(old);
    }
  };

  /** Notes that what is shown is what was chosen, where the answer at hand has its maps. */
  const noteShown = () => {
    const { answer, classIndex, methods } = explain.getState();
    if (!answer) return;
    const index = answer.lastClass ?? classIndex ?? answer.result.predicted;
    const chosen = { classIndex: index, methods };
    if (!isChosen(answer.shown, chosen) && hasMaps(answer.result, chosen))
      explain.setState({ answer: { ...answer, shown: chosen } });
  };

  /** Replaces a method that is not defined at a layer. */
  const replaceUndefined = ({ model, layer }: Target) => {
    const { methods, aim } = explain.getState();
    const averaged = isAveraged(model, aim, layer);
    const lost = averaged ? undefined : methods.find(needsAverages);
    if (!lost) return;
    const pair = methods.map((method) => (needsAverages(method) ? 'grad' : method));
    explain.setState({ methods: [pair[0], pair[1]] });
    const text = `${METHODS[lost].name} is not defined at layer ${layer}; ${METHODS.grad.name} is shown.`;
    notify(set.notices, 'info', text);
  };

  /** The answer at hand where it is of this volume; it is of another network or layer. */
  const keepAnswer = (volumeKey: string) => {
    const { answer, prepared } = explain.getState();
    return answer?.volumeKey === volumeKey ? { answer, prepared, stale: true } : NO_ANSWER;
  };

  const refresh = () => {
    noteShown();
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
    replaceUndefined(target);
    const { answer, methods, classIndex } = explain.getState();
    const key = `${target.key}|${moreKey(methods, classIndex)}`;
    if (run?.key === key) return;
    stop();
    const known = answer?.key === target.key ? answer : cache.get(target.key);
    const found = known && (known.lastClass === null ? known : { ...known, lastClass: null });
    if (found && hasMaps(found.result, choiceFor(found.result))) {
      remember(found);
      show(found);
      return;
    }
    const abort = new AbortController();
    run = { key, abort, done: start(target, abort.signal, found) };
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

  /** @param found an answer that lacks maps */
  const start = async (target: Target, signal: AbortSignal, found?: Answer) => {
    const { item, model, volumeKey, inputKey, key } = target;
    const { prepared: before } = explain.getState();
    explain.setState({
      ...NOTHING,
      ...keepAnswer(volumeKey),
      ...(before?.key === inputKey && { prepared: before }),
      status: 'running',
      progress: { stage: found ? 'Explaining' : 'Preparing the volume' },
    });
    // `run` is this run from here on, even if what follows fails at once.
    await Promise.resolve();
    if (signal.aborted) return;
    try {
      const ready = found?.prepared ?? (before?.key === inputKey ? before : undefined);
      const prepared = ready ?? (await prepare(target));
      if (signal.aborted) return;
      explain.setState({ prepared });
      const ask = (question: Pick<ExplainRequest, 'methods' | 'classes'>) =>
        services().engine.explain(
          {
            model: model.id,
            input: prepared.input,
            inputShape: prepared.inputShape,
            inputKey: prepared.key,
            layers: [target.layer],
            ...target.about,
            ...question,
          },
          {
            signal,
            onProgress: (progress) => {
              if (!signal.aborted) explain.setState({ progress });
            },
          },
        );
      let result =
        found?.result ?? (await ask({ classes: target.classes, methods: EAGER_METHODS }));
      for (;;) {
        if (signal.aborted) return;
        const choice = choiceFor(result);
        const shown = { ...choice, methods: eagerPair(choice.methods) };
        const named = { ...model, classes: namesOf(model, result) };
        const of = { key, item, volumeKey, model: named, prepared, lastClass: null };
        remember({ ...of, result, shown });
        const next = nextQuestion(result, choice, target.classes === 'all');
        if (!next) {
          run = null;
          show({ ...of, result, shown });
          break;
        }
        result = withMaps(result, await ask(next));
      }
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
      const target = targetOf(set);
      const answer =
        explain.getState().answer ?? ('key' in target ? cache.get(target.key) : undefined);
      const { model } = set.network.getState();
      if (!answer || answer.model.id !== model?.id) {
        explain.setState({ ...NOTHING, prepared: explain.getState().prepared });
        return;
      }
      const [{ name }] = answer.result.layers;
      explain.setState({ layer: name === model.defaultLayer ? null : name });
      if (!hasMaps(answer.result, choiceFor(answer.result))) {
        const { classIndex, methods } = answer.shown;
        const predicted = classIndex === answer.result.predicted;
        explain.setState({ methods, classIndex: predicted ? null : classIndex });
      }
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

function isChosen(a: MapChoice, b: MapChoice): boolean {
  return a.classIndex === b.classIndex && a.methods.every((method, i) => method === b.methods[i]);
}

function needsAverages(method: CamMethod): boolean {
  const row = methodRow(method);
  return row.at === 'layer' && row.ofAverages;
}

/** What is to be explained; what stands in the way; or the volume that waits for a network. */
function targetOf(set: StoreSet): Target | { obstacle: string } | { waiting: string } {
  const volumes = set.volumes.getState();
  const item = currentVolume(volumes);
  const { model, status } = set.network.getState();
  const options = optionsOf(volumes);
  const volumeKey = item
    ? [
        item.id,
        ...[options.fit, options.invert, options.normalization, options.section],
        options.voxelScale,
      ].join('|')
    : '';
  if (!item || !model || status === 'loading') return { waiting: volumeKey };
  const box = networkBox(model);
  const obstacle =
    (box && imagesObstacle(item.report, model)) ??
    (box && options.fit !== 'none' ? null : mismatch(ownGrid(item).shape, model));
  if (!box || obstacle) return { obstacle: obstacle ?? '' };
  const { layer: wanted, aim, classIndex } = set.explain.getState();
  const layer = model.layers.some(({ name }) => name === wanted) ? wanted! : model.defaultLayer;
  const request = requestFor(model, box, options, subjectOf(item));
  const { fit, voxelScale, invert, normalization, section } = request;
  const inputKey = [item.id, model.id, fit, voxelScale, invert, normalization, section].join('|');
  const classes = explainsAll(model, aim) ? 'all' : classIndex === null ? 'top' : [classIndex];
  const about = {
    ...(aim.output !== null && { output: aim.output }),
    ...(aim.target && { target: aim.target }),
    ...(aim.statistics && { statistics: aim.statistics }),
  };
  const key = [inputKey, layer, aimKey(aim), classes].join('|');
  return { item, model, layer, classes, about, request, volumeKey, inputKey, key };
}

import { isAborted, sentence } from '../../core/errors.ts';
import { type CamMethod, METHODS, methodRow } from '../../core/cam/index.ts';
import { asksTheHeader, headerPanels, isMapPanel } from '../../core/session/index.ts';
import type { Explanation, ExplainRequest } from '../../engine/types.ts';
import { isAveraged, namesOf } from '../aim.ts';
import { type Answer, EAGER_METHODS, hasMaps, type MapChoice, shownClass } from '../explain.ts';
import { eagerPanels, moreKey, nextQuestion, wantedMaps, withMaps } from '../moreMaps.ts';
import type { Prepared } from '../prepare.ts';
import { notify } from '../notices.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import { currentVolume, optionsOf } from '../volumes.ts';
import type { AnswerCache } from './answerCache.ts';
import { inputOf, type Question, questionOf, volumeKeyOf } from './question.ts';

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

interface Run {
  readonly key: string;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

const NO_ANSWER = { prepared: null, answer: null, stale: false, asked: null };
const NOTHING = {
  ...NO_ANSWER,
  status: 'idle',
  progress: null,
  error: null,
  mismatch: null,
} as const;

export function createExplainer(
  set: StoreSet,
  services: () => Services,
  cache: AnswerCache,
  /** Called when the header's question is answered, or cannot be; panels may ask then. */
  afterwards: () => void,
): Explainer {
  const { explain } = set;
  let run: Run | null = null;

  const stop = () => {
    run?.abort.abort();
    run = null;
  };

  /** What is chosen, as far as an explanation has such a class. */
  const choiceFor = ({ scores, predicted }: Explanation): MapChoice => {
    const { classIndex, panels } = explain.getState();
    const known = classIndex !== null && classIndex < scores.length;
    return { classIndex: known ? classIndex : predicted, panels };
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

  /** Notes that what is shown is what was chosen, where the answer at hand has its maps. */
  const noteShown = () => {
    const { answer, classIndex, panels } = explain.getState();
    if (!answer) return;
    const index = answer.lastClass ?? classIndex ?? answer.result.predicted;
    const chosen = { classIndex: index, panels };
    if (!isChosen(answer.shown, chosen) && hasMaps(answer.result, chosen))
      explain.setState({ answer: { ...answer, shown: chosen } });
  };

  /** Replaces a method that is not defined at a layer. */
  const replaceUndefined = ({ model, layer }: Question) => {
    const { panels, aim } = explain.getState();
    const averaged = isAveraged(model, aim, layer);
    const lost = averaged
      ? undefined
      : headerPanels(panels).find(({ method }) => needsAverages(method));
    if (!lost) return;
    explain.setState({
      panels: panels.map((panel) =>
        isMapPanel(panel) && asksTheHeader(panel) && needsAverages(panel.method)
          ? { ...panel, method: 'grad' }
          : panel,
      ),
    });
    const text = `${METHODS[lost.method].name} is not defined at layer ${layer}; ${METHODS.grad.name} is shown.`;
    notify(set.notices, 'info', text);
  };

  /** The answer at hand where it is of this volume; it is of another network or layer. */
  const keepAnswer = (volumeKey: string) => {
    const { answer, prepared } = explain.getState();
    return answer?.volumeKey === volumeKey ? { answer, prepared, stale: true } : NO_ANSWER;
  };

  const refresh = () => {
    refreshHeader();
    afterwards();
  };

  const refreshHeader = () => {
    noteShown();
    const target = questionOfHeader(set);
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
    const { answer, panels, classIndex } = explain.getState();
    const key = `${target.key}|${moreKey(panels, classIndex, target.all)}`;
    if (run?.key === key) return;
    stop();
    const known = answer?.key === target.key ? answer : cache.get(target.key);
    const found = known && (known.lastClass === null ? known : { ...known, lastClass: null });
    if (found && hasMaps(found.result, choiceFor(found.result))) {
      cache.set(found);
      show(found);
      return;
    }
    const abort = new AbortController();
    run = { key, abort, done: start(target, abort.signal, found) };
  };

  const prepare = async ({ item, model, request, inputKey }: Question): Promise<Prepared> => ({
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
  const start = async (target: Question, signal: AbortSignal, found?: Answer) => {
    const { item, model, volumeKey, inputKey, key } = target;
    const { prepared: before } = explain.getState();
    explain.setState({
      ...NOTHING,
      ...keepAnswer(volumeKey),
      ...(before?.key === inputKey && { prepared: before }),
      status: 'running',
      asked: key,
      progress: { stage: found ? 'Explaining' : 'Preparing the volume' },
    });
    // `run` is this run from here on, even if what follows fails at once.
    await Promise.resolve();
    if (signal.aborted) return;
    try {
      const ready =
        found?.prepared ?? (before?.key === inputKey ? before : cache.prepared(inputKey));
      const prepared = ready ?? (await prepare(target));
      if (signal.aborted) return;
      explain.setState({ prepared });
      const ask = (question: Pick<ExplainRequest, 'methods' | 'classes'>) =>
        services().engine.explain(
          {
            ...inputOf(model, prepared),
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
        const shown = { ...choice, panels: eagerPanels(choice.panels) };
        const named = { ...model, classes: namesOf(model, result) };
        const of = { key, item, volumeKey, model: named, prepared, lastClass: null };
        cache.set({ ...of, result, shown });
        const next = nextQuestion(result, wantedMaps(choice, result), target.all);
        if (!next) {
          run = null;
          show({ ...of, result, shown });
          afterwards();
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
          ? { status: 'idle', progress: null, asked: null }
          : { status: 'error', progress: null, asked: null, error: sentence(error) },
      );
      afterwards();
    }
  };

  return {
    refresh,
    cancel() {
      if (!run) return;
      stop();
      const target = questionOfHeader(set);
      const answer =
        explain.getState().answer ?? ('key' in target ? cache.get(target.key) : undefined);
      const { model } = set.network.getState();
      if (!answer || answer.model.id !== model?.id) {
        explain.setState({ ...NOTHING, prepared: explain.getState().prepared });
        afterwards();
        return;
      }
      const [{ name }] = answer.result.layers;
      explain.setState({ layer: name === model.defaultLayer ? null : name });
      if (!hasMaps(answer.result, choiceFor(answer.result))) {
        const { classIndex, panels } = answer.shown;
        const predicted = classIndex === answer.result.predicted;
        explain.setState({ panels, classIndex: predicted ? null : classIndex });
      }
      show(answer);
      afterwards();
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
  return a.classIndex === b.classIndex && a.panels === b.panels;
}

function needsAverages(method: CamMethod): boolean {
  const row = methodRow(method);
  return row.at === 'layer' && row.ofAverages;
}

/** What is to be explained; what stands in the way; or the volume that waits for a network. */
function questionOfHeader(
  set: StoreSet,
): Question | { readonly obstacle: string } | { readonly waiting: string } {
  const volumes = set.volumes.getState();
  const item = currentVolume(volumes);
  const { model, status } = set.network.getState();
  if (!item || !model || status === 'loading')
    return { waiting: item ? volumeKeyOf(item, optionsOf(volumes)) : '' };
  const { layer, aim, classIndex } = set.explain.getState();
  return questionOf({ item, options: optionsOf(volumes), model, layer, aim, classIndex });
}

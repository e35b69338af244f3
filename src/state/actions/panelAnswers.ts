import { METHODS } from '../../core/cam/index.ts';
import { AppError, isAborted, sentence } from '../../core/errors.ts';
import {
  type Aim,
  aimKey,
  asksTheHeader,
  isMapPanel,
  type MapPanel,
} from '../../core/session/index.ts';
import type { ExplainRequest, Explanation, ModelInfo, Progress } from '../../engine/types.ts';
import { isAveraged, namesOf } from '../aim.ts';
import { type Answer, mapIn, type PanelAnswer, shownClass } from '../explain.ts';
import { nextQuestion, withMaps } from '../moreMaps.ts';
import type { StoreSet } from '../set.ts';
import type { Services, VolumeItem } from '../types.ts';
import { optionsOf } from '../volumes.ts';
import type { AnswerCache } from './answerCache.ts';
import type { NetworkPool } from './networkPool.ts';
import { inputOf, type Question, questionOf } from './question.ts';

/** Answers the panels that ask something else than the header, one question after another. */
export interface PanelAnswers {
  /**
   * Brings the answers in line with the panels. The header goes first: while it is being answered nothing is asked
   * here. A question that two panels share is asked once.
   */
  refresh(): void;
  /** Drops what is under way and what has failed, e.g. to ask again. */
  restart(): void;
  /** Settles when nothing is under way. */
  settled(): Promise<void>;
}

/** What an override of the volume may name and is not open yet. */
type OpenSample = (id: string, options: { readonly signal: AbortSignal }) => Promise<void>;

interface Run {
  readonly id: string;
  readonly signature: string;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

const WAITING: PanelAnswer = { status: 'waiting', progress: null, error: null, shown: null };

export function createPanelAnswers(
  set: StoreSet,
  services: () => Services,
  cache: AnswerCache,
  pool: NetworkPool,
  openSample: OpenSample,
): PanelAnswers {
  const { explain, network, volumes } = set;
  let run: Run | null = null;
  /** What each panel that failed had asked; it is not asked again by itself. */
  const failed = new Map<string, string>();

  const patch = (id: string, part: Partial<PanelAnswer>) => {
    const { panels, others } = explain.getState();
    if (!panels.some((panel) => panel.id === id)) return;
    const before = others[id] ?? WAITING;
    explain.setState({ others: { ...others, [id]: { ...before, ...part } } });
  };

  const stop = () => {
    if (!run) return;
    run.abort.abort();
    patch(run.id, { status: 'waiting', progress: null });
    run = null;
  };

  const itemOf = ({ overrides }: MapPanel): VolumeItem | null => {
    const { items, currentId } = volumes.getState();
    const wanted = overrides.volume ?? currentId;
    return items.find(({ id, sample }) => id === wanted || sample?.id === wanted) ?? null;
  };

  const networkOf = ({ overrides }: MapPanel) =>
    overrides.network ?? network.getState().model?.id ?? null;

  /** The class of the header by its name where the networks have different ones. */
  const classFor = ({ overrides }: MapPanel, model: ModelInfo): number | null => {
    if (overrides.classIndex !== undefined) return overrides.classIndex;
    const state = explain.getState();
    const asked = shownClass(state);
    const named = state.answer?.model.classes;
    if (asked === null || !named || overrides.aim) return null;
    if (model.classes[asked] === named[asked]) return asked;
    const same = model.classes.indexOf(named[asked]);
    return same >= 0 ? same : null;
  };

  const question = (panel: MapPanel, item: VolumeItem, model: ModelInfo) => {
    const { layer, aim } = explain.getState();
    return questionOf({
      ...{ item, model, options: optionsOf(volumes.getState(), item.id) },
      layer: panel.overrides.layer ?? layer,
      aim: panel.overrides.aim ?? aim,
      classIndex: classFor(panel, model),
    });
  };

  /** What decides the answer of a panel; the same before and after its volume and network are there. */
  const signatureOf = (panel: MapPanel): string => {
    const { method, overrides } = panel;
    const state = explain.getState();
    const shown = shownClass(state);
    return JSON.stringify([
      ...[method, networkOf(panel), overrides.volume ?? volumes.getState().currentId],
      optionsOf(volumes.getState(), itemOf(panel)?.id ?? ''),
      ...[overrides.layer ?? state.layer, aimKey(overrides.aim ?? state.aim)],
      overrides.classIndex ?? (shown === null ? null : state.answer?.model.classes[shown]),
    ]);
  };

  const chosenClass = (panel: MapPanel, { model, scores, predicted }: Explained): number => {
    const index = classFor(panel, model);
    return index !== null && index < scores.length ? index : predicted;
  };

  /** What was asked for panels alone: single maps, of which an answer to the header would lack most. */
  const partOf = (key: string) => cache.get(partKey(key));

  /** The answer to what a panel asks where it is there, with the panel's map. */
  const knownAnswer = (panel: MapPanel): PanelAnswer['shown'] => {
    const item = itemOf(panel);
    const model = pool.info(networkOf(panel) ?? '');
    const asked = item && model && question(panel, item, model);
    if (!asked || 'obstacle' in asked) return null;
    const { answer: main } = explain.getState();
    const { key } = asked;
    for (const answer of [main?.key === key ? main : undefined, cache.get(key), partOf(key)]) {
      if (!answer || answer.lastClass !== null) continue;
      const classIndex = chosenClass(panel, { ...answer.result, model });
      if (mapIn(answer.result, panel.method, classIndex))
        return { answer, method: panel.method, classIndex };
    }
    return null;
  };

  const isBusy = () => {
    const { status, mismatch } = explain.getState();
    const waits = status === 'running' || (status === 'idle' && mismatch === null);
    return waits || network.getState().status === 'loading';
  };

  const refresh = () => {
    const { panels, others } = explain.getState();
    const asking = panels.filter(isMapPanel).filter((panel) => !asksTheHeader(panel));
    const gone = Object.keys(others).filter((id) => !asking.some((panel) => panel.id === id));
    if (gone.length > 0) {
      const kept = Object.entries(others).filter(([id]) => !gone.includes(id));
      explain.setState({ others: Object.fromEntries(kept) });
      for (const id of gone) failed.delete(id);
    }
    for (const { id } of asking) if (!explain.getState().others[id]) patch(id, WAITING);
    if (isBusy()) {
      stop();
      return;
    }
    let open: { panel: MapPanel; signature: string } | null = null;
    for (const panel of asking) {
      const known = knownAnswer(panel);
      const signature = signatureOf(panel);
      if (known) show(panel.id, known);
      else if (failed.get(panel.id) !== signature) {
        open ??= { panel, signature };
        const { status } = explain.getState().others[panel.id];
        if (status !== 'running') patch(panel.id, { status: 'waiting', error: null });
      }
    }
    if (run && run.id === open?.panel.id && run.signature === open.signature) return;
    stop();
    if (!open) {
      void pool.release();
      return;
    }
    const { panel, signature } = open;
    const abort = new AbortController();
    run = { id: panel.id, signature, abort, done: start(panel, signature, abort.signal) };
  };

  const show = (id: string, shown: NonNullable<PanelAnswer['shown']>) => {
    const before = explain.getState().others[id];
    const same =
      before?.status === 'ready' &&
      before.shown?.answer === shown.answer &&
      before.shown.method === shown.method &&
      before.shown.classIndex === shown.classIndex;
    failed.delete(id);
    if (!same) patch(id, { status: 'ready', progress: null, error: null, shown });
  };

  const start = async (panel: MapPanel, signature: string, signal: AbortSignal) => {
    const { id } = panel;
    const onProgress = (progress: Progress) => {
      if (!signal.aborted) patch(id, { progress });
    };
    patch(id, { status: 'running', progress: { stage: 'Explaining' }, error: null });
    // `run` is this run from here on, even if what follows fails at once.
    await Promise.resolve();
    try {
      const item = await volumeFor(panel, signal);
      const wanted = networkOf(panel);
      if (wanted === null) throw new AppError('bad-input', 'There is no network to ask.');
      const model = await pool.load(wanted, { signal, onProgress });
      if (signal.aborted) return;
      const asked = question(panel, item, model);
      if ('obstacle' in asked) throw new AppError('bad-input', asked.obstacle);
      assertDefined(panel, asked, panel.overrides.aim ?? explain.getState().aim);
      await answerOf(panel, asked, { signal, onProgress });
    } catch (error) {
      if (signal.aborted) return;
      failed.set(id, signature);
      const text = isAborted(error) ? 'Stopped.' : sentence(error);
      patch(id, { status: 'error', progress: null, error: text });
    }
    if (signal.aborted) return;
    run = null;
    refresh();
  };

  const volumeFor = async (panel: MapPanel, signal: AbortSignal): Promise<VolumeItem> => {
    const { volume } = panel.overrides;
    if (!itemOf(panel) && volume !== undefined) await openSample(volume, { signal });
    const item = itemOf(panel);
    if (!item) throw new AppError('bad-input', `The volume ${volume ?? ''} is no longer open.`);
    return item;
  };

  /** Asks the engine for what the answer lacks of the panel's map, and keeps it. */
  const answerOf = async (
    panel: MapPanel,
    asked: Question,
    options: { readonly signal: AbortSignal; onProgress(progress: Progress): void },
  ): Promise<void> => {
    const { item, model, key, inputKey, volumeKey, request } = asked;
    const prepared = cache.prepared(inputKey) ?? {
      ...(await services().prepare(item, request)),
      ...{ key: inputKey, volumeId: item.id, inputShape: model.inputShape },
    };
    if (options.signal.aborted) return;
    const ask = (part: Pick<ExplainRequest, 'methods' | 'classes'>) =>
      services().engine.explain(
        {
          ...inputOf(model, prepared),
          layers: [asked.layer],
          ...asked.about,
          ...part,
        },
        options,
      );
    const index = classFor(panel, model);
    let result =
      partOf(key)?.result ??
      (await ask({ classes: index === null ? 'top' : [index], methods: [panel.method] }));
    for (;;) {
      if (options.signal.aborted) return;
      const classIndex = chosenClass(panel, { ...result, model });
      const next = nextQuestion(result, [{ method: panel.method, classIndex }], false);
      const named = { ...model, classes: namesOf(model, result) };
      cache.set({
        ...{ key: partKey(key), item, volumeKey, model: named, prepared, result },
        lastClass: null,
        shown: { classIndex, panels: [] },
      } satisfies Answer);
      if (!next) return;
      result = withMaps(result, await ask(next));
    }
  };

  return {
    refresh,
    restart() {
      stop();
      failed.clear();
      explain.setState({ others: {} });
    },
    async settled() {
      while (run) await run.done;
    },
  };
}

const partKey = (key: string) => `parts of ${key}`;

type Explained = Pick<Explanation, 'scores' | 'predicted'> & { readonly model: ModelInfo };

/** @throws AppError `bad-input` for a method that needs averages of the layer where there are none */
function assertDefined({ method }: MapPanel, { model, layer }: Question, aim: Aim): void {
  const row = METHODS[method];
  if (row.at !== 'layer' || !row.ofAverages || isAveraged(model, aim, layer)) return;
  throw new AppError('bad-input', `${row.name} is not defined at layer ${layer}.`);
}

import { AppError, isAborted, sentence } from '../../core/errors.ts';
import {
  byPeak,
  PAPER_FIGURES,
  type PaperNetwork,
  type PaperQuestion,
  panelsOf,
  questionsOf,
  table1Rows,
} from '../../core/paper/index.ts';
import type { SourceVolume } from '../../core/volume/types.ts';
import type { ModelInfo, Progress } from '../../engine/types.ts';
import { spatial } from '../explain.ts';
import { resampleMap } from '../heatmap.ts';
import type { CatalogueEntry } from '../network.ts';
import type { NetworkProgress, PaperAnswer } from '../paper.ts';
import { mismatch, networkBox, requestFor } from '../prepare.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import { INITIAL_OPTIONS } from '../volumes.ts';

export interface PaperActions {
  /**
   * Computes what the figures still lack, one network after the other, so that they never hold more
   * than one. Call it when the lists of networks and samples have been read.
   */
  openPaper(): Promise<void>;
  /** Stops computing; what is there stays. */
  leavePaper(): void;
}

export function createPaperActions(set: StoreSet, services: () => Services): PaperActions {
  const { paper } = set;
  let running: AbortController | null = null;

  const setProgress = (network: PaperNetwork, progress: NetworkProgress) =>
    paper.setState(({ networks }) => ({ networks: { ...networks, [network]: progress } }));

  const readTable = async () => {
    if (paper.getState().table1) return;
    const document = await services().fetchJson('paper/table1.json');
    paper.setState({ table1: table1Rows(document) });
  };

  const readSample = async (
    id: string,
    signal: AbortSignal,
  ): Promise<SourceVolume<Float32Array>> => {
    const { gallery, items } = set.volumes.getState();
    const opened = items.find((item) => item.sample?.id === id);
    if (opened) return opened.volume;
    const sample = gallery.find((one) => one.id === id);
    if (!sample) throw new AppError('bad-input', `The sample ${id} is not in this build.`);
    const url = new URL(sample.path, services().base).href;
    const [{ volume }] = await services().openVolume(sample.title, url, { signal });
    return volume;
  };

  const readSamples = async (signal: AbortSignal) => {
    for (const id of new Set(panelsOf(PAPER_FIGURES).map(({ sample }) => sample))) {
      if (paper.getState().samples[id]) continue;
      try {
        const volume = await readSample(id, signal);
        paper.setState(({ samples }) => ({ samples: { ...samples, [id]: volume } }));
      } catch (error) {
        if (signal.aborted) return;
        paper.setState(({ sampleErrors }) => ({
          sampleErrors: { ...sampleErrors, [id]: sentence(error) },
        }));
      }
    }
  };

  /** Asks a loaded network one question. */
  const ask = async (model: ModelInfo, question: PaperQuestion, signal: AbortSignal) => {
    const volume = paper.getState().samples[question.sample];
    const classIndex = set.volumes
      .getState()
      .gallery.find(({ id }) => id === question.sample)?.classIndex;
    if (!volume || classIndex === undefined) return;
    const box = networkBox(model);
    const obstacle = mismatch(volume.shape, model);
    if (!box || obstacle) throw new AppError('bad-input', obstacle ?? '');
    const { input } = await services().prepare({ volume }, requestFor(model, box, INITIAL_OPTIONS));
    const { layers } = await services().engine.explain(
      {
        model: model.id,
        input,
        inputShape: model.inputShape,
        layers: question.layers,
        classes: [classIndex],
        methods: question.methods,
      },
      { signal },
    );
    if (signal.aborted) return;
    const answers: Record<string, PaperAnswer> = {};
    for (const { id, map } of question.panels) {
      const layer = layers.find(({ name }) => name === map.layer);
      const found = layer?.classes.find(({ index }) => index === classIndex);
      const own = found?.methods[map.method];
      if (!layer || !found || !own) continue;
      const shown = { map: own, gridShape: spatial(own.shape) };
      const normalised = byPeak(resampleMap(shown, volume));
      answers[id] = { ...normalised, sum: own.sum, score: found.score, classIndex };
    }
    paper.setState((state) => ({ answers: { ...state.answers, ...answers } }));
  };

  /** Loads a network, asks it what is not answered yet, and lets it go. */
  const askAll = async (
    network: PaperNetwork,
    { path, title }: CatalogueEntry,
    questions: readonly PaperQuestion[],
    signal: AbortSignal,
  ) => {
    const { engine } = services();
    // A handle of its own: the explain page may hold the same network.
    const handle = `paper ${network}`;
    const onProgress = (progress: Progress) => {
      if (!signal.aborted) setProgress(network, { status: 'working', progress });
    };
    onProgress({ stage: 'Loading the network' });
    try {
      const url = new URL(path, services().base).href;
      const model = await engine.loadModel(
        { kind: 'url', url, id: handle, label: title },
        { signal, onProgress },
      );
      for (const [i, question] of questions.entries()) {
        if (signal.aborted) return;
        onProgress({ stage: 'Explaining', fraction: i / questions.length });
        await ask(model, question, signal);
      }
      if (!signal.aborted) setProgress(network, { status: 'done' });
    } finally {
      await engine.unloadModel(handle);
    }
  };

  const compute = async (signal: AbortSignal) => {
    const { catalogue } = set.network.getState();
    const work = [...questionsOf(PAPER_FIGURES)].map(([network, questions]) => ({
      network,
      entry: catalogue.find(({ id }) => id === network),
      open: questions.filter(({ panels }) =>
        panels.some(({ id }) => !paper.getState().answers[id]),
      ),
    }));
    for (const { network, entry, open } of work) {
      setProgress(network, { status: !entry ? 'absent' : open.length > 0 ? 'waiting' : 'done' });
    }
    await readSamples(signal);
    for (const { network, entry, open } of work) {
      if (signal.aborted) return;
      if (!entry || open.length === 0) continue;
      try {
        await askAll(network, entry, open, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!isAborted(error)) setProgress(network, { status: 'failed', error: sentence(error) });
      }
    }
  };

  return {
    async openPaper() {
      if (running) return;
      const abort = new AbortController();
      running = abort;
      paper.setState({ sampleErrors: {} });
      await Promise.all([readTable(), compute(abort.signal)]);
      if (running === abort) running = null;
    },
    leavePaper() {
      running?.abort();
      running = null;
    },
  };
}

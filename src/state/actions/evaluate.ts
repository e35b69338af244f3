import type { CamMethod } from '../../core/cam/types.ts';
import { AppError, aborted, badInput, isAborted, sentence } from '../../core/errors.ts';
import {
  type EvaluationItem,
  EVALUATION_METHODS,
  faithfulnessOf,
  type EvaluationSetup,
  type ReadyVolume,
  readShard,
  runEvaluation,
  RunningSummary,
  type SkippedVolume,
  requireClassifier,
} from '../../core/evaluation/index.ts';
import type { ModelInfo } from '../../engine/types.ts';
import type { EvaluationChoice, LocatedFile } from '../evaluation.ts';
import {
  imagesObstacle,
  mismatch,
  mismatchOf,
  networkBox,
  requestFor,
  subjectOf,
} from '../prepare.ts';
import type { StoreSet } from '../set.ts';
import type { OpenedVolume, Services } from '../types.ts';
import { INITIAL_OPTIONS } from '../volumes.ts';
import type { Choices } from './choices.ts';
import { type OpenableSet, openSet } from './evaluationSets.ts';
import type { InputActions } from './input.ts';
import type { NetworkActions } from './network.ts';

export interface EvaluationActions {
  chooseEvaluation(part: Partial<EvaluationChoice>): void;
  /** Takes a folder or several files as the set to evaluate. */
  chooseEvaluationFiles(files: readonly LocatedFile[]): void;
  /** Evaluates the network in use over the chosen volumes; settles at the end, however it comes. */
  evaluate(): Promise<void>;
  /** Ends the run; what is done stays. */
  cancelEvaluation(): void;
  /** Shows a volume of the result, with the class and method asked for, as the explain page does. */
  openEvaluated(order: number, shown?: EvaluatedView): Promise<void>;
}

export interface EvaluatedView {
  readonly classIndex?: number;
  readonly method?: CamMethod;
}

/** Milliseconds between two summaries; more when one takes long, so that most time is for the page. */
const SUMMARY_EVERY = 400;
const SUMMARY_SHARE = 25;
const PROGRESS_EVERY = 100;

type Opening = Pick<InputActions, 'openVolumes' | 'chooseSample' | 'chooseVolume'> &
  Pick<NetworkActions, 'chooseNetwork' | 'ask'> &
  Pick<Choices, 'showMethod'>;

export function createEvaluationActions(
  set: StoreSet,
  services: () => Services,
  opening: Opening,
  now: () => number,
): EvaluationActions {
  const { evaluation, network, volumes } = set;
  let running: AbortController | null = null;
  /** What the result was made from. */
  let evaluated: OpenableSet | null = null;

  const run = async (model: ModelInfo, abort: AbortController) => {
    const { signal } = abort;
    requireClassifier(model);
    const box = networkBox(model);
    if (!box) throw badInput(mismatch([1, 1, 1], model)!);
    const request = requestFor(model, box, evaluation.getState().choice.input);
    const prepare = async ([first]: readonly OpenedVolume[]) => {
      const obstacle =
        imagesObstacle(first.report, model) ??
        (request.fit === 'none' ? mismatchOf(first, model) : null);
      if (obstacle) throw badInput(obstacle);
      const { input, steps } = await services().prepare(
        first,
        requestFor(model, box, evaluation.getState().choice.input, subjectOf(first)),
      );
      return { data: input, steps };
    };
    const found = await openSet(evaluation.getState(), {
      model,
      gallery: volumes.getState().gallery,
      services: services(),
      prepare,
      signal,
    });
    if (signal.aborted) throw aborted();
    evaluated = found;
    const layer = layerOf(set, model);
    const { faithfulness } = evaluation.getState().choice;
    const total = found.volumes.length;
    evaluation.setState({ notes: found.notes });
    // A run that was replaced leaves the state to its successor.
    const owns = () => running === abort;
    const report = reporter(set, owns, now, {
      model: model.id,
      title: model.title,
      fingerprint: model.fingerprint,
      layer,
      classes: model.classes,
      data: {
        ...found.data,
        normalization: request.normalization,
        fit: request.fit,
        fingerprint: null,
        ...(faithfulness && { faithfulness }),
      },
      total,
    });
    report.publish();
    let first = true;
    const onSteps = (id: string, { steps }: ReadyVolume) => {
      if (first && steps.length > 0) {
        const { notes } = evaluation.getState();
        evaluation.setState({
          notes: [...notes, ...steps.map((step) => `First volume (${id}): ${step}`)],
        });
      }
      first = false;
    };
    const { engine } = services();
    const scope = { model: model.id, layers: [layer], classes: 'all' } as const;
    const question = { ...scope, inputShape: model.inputShape, methods: EVALUATION_METHODS };
    try {
      await runEvaluation({
        source: readShard(found, null, onSteps),
        batch: await engine.batchSize(scope),
        async explain(batch) {
          if (network.getState().model?.id !== model.id) {
            throw new AppError('aborted', `${model.title} was replaced by another network.`);
          }
          const inputs = batch.map(({ input }) => input);
          const answers = await engine.explainBatch({ ...question, inputs }, { signal });
          for (const answer of answers) if ('backend' in answer) report.backend(answer.backend);
          return answers;
        },
        ...(faithfulness && {
          examine: async (volume, answer) => ({
            faithfulness: await faithfulnessOf(volume, answer, {
              inputShape: model.inputShape,
              layerShape: model.layers.find(({ name }) => name === layer)!.shape,
              contrast: model.sidecar.contrast,
              scores: (inputs) =>
                engine.scores(
                  { model: model.id, inputShape: model.inputShape, inputs },
                  { signal },
                ),
            }),
          }),
        }),
        onResults: report.add,
        signal,
      });
    } finally {
      report.publish();
    }
  };

  return {
    chooseEvaluation(part) {
      const { choice } = evaluation.getState();
      const another = part.set !== undefined && part.set !== choice.set;
      const input = another ? INITIAL_OPTIONS : choice.input;
      evaluation.setState({ choice: { ...choice, input, ...part } });
    },
    chooseEvaluationFiles(files) {
      if (files.length === 0) return;
      const [top] = files[0].path.split('/');
      const folder = files.every(({ path }) => path.startsWith(`${top}/`));
      const name = folder ? top : files.length === 1 ? top : `${files.length} files`;
      const { choice } = evaluation.getState();
      evaluation.setState({
        files: { name, entries: files },
        choice: { ...choice, set: 'files', input: INITIAL_OPTIONS },
      });
    },
    async evaluate() {
      const { model } = network.getState();
      if (!model) return;
      running?.abort();
      const abort = new AbortController();
      running = abort;
      evaluated = null;
      evaluation.setState({
        status: 'running',
        progress: null,
        result: null,
        notes: [],
        error: null,
      });
      let end: 'done' | 'cancelled' | 'error' = 'done';
      let error: string | null = null;
      try {
        await run(model, abort);
      } catch (reason) {
        end = isAborted(reason) ? 'cancelled' : 'error';
        error = abort.signal.aborted ? null : sentence(reason);
      }
      if (running !== abort) return;
      running = null;
      evaluation.setState({ status: end, error, progress: null });
    },
    cancelEvaluation() {
      running?.abort();
    },
    async openEvaluated(order, { classIndex, method } = {}) {
      const { result } = evaluation.getState();
      const item = result?.items.find((one) => one.order === order);
      if (!evaluated || !result) return;
      const { sample, ...source } = evaluated.sourceOf(order);
      const truth = item && item.class !== null ? result.classes[item.class] : undefined;
      const known = volumes.getState().items.find(({ name }) => name === source.name);
      void opening.chooseNetwork(result.model);
      opening.ask({ classIndex: classIndex === item?.predicted ? null : (classIndex ?? null) });
      if (sample) await opening.chooseSample(sample.id);
      else if (known) opening.chooseVolume(known.id);
      else await opening.openVolumes([{ ...source, truth }]);
      if (method) opening.showMethod(method);
    },
  };
}

/** The layer chosen for explanations, if this network has it. */
function layerOf({ explain }: StoreSet, model: ModelInfo): string {
  const { layer } = explain.getState();
  return model.layers.find(({ name }) => name === layer)?.name ?? model.defaultLayer;
}

/** Sums up a run and brings progress and summaries into the store, not too often. */
function reporter(
  { evaluation }: StoreSet,
  owns: () => boolean,
  now: () => number,
  setup: EvaluationSetup,
) {
  const summary = new RunningSummary(setup);
  let done = 0;
  const backends = new Set<string>();
  const started = now();
  let progressAt = Number.NEGATIVE_INFINITY;
  let summaryAt = Number.NEGATIVE_INFINITY;
  let pause = SUMMARY_EVERY;

  const progress = () => {
    const rate = done > 1 ? (now() - started) / done : null;
    const left = rate === null ? null : Math.ceil(((setup.total - done) * rate) / 1000);
    progressAt = now();
    evaluation.setState({ progress: { done, total: setup.total, left } });
  };
  const publish = () => {
    if (!owns()) return;
    progress();
    const before = now();
    const run = { backend: [...backends].sort().join(', ') };
    evaluation.setState({ result: summary.result(run) });
    summaryAt = now();
    pause = Math.max(SUMMARY_EVERY, SUMMARY_SHARE * (summaryAt - before));
  };
  return {
    publish,
    backend: (name: string) => void backends.add(name),
    add(results: readonly (EvaluationItem | SkippedVolume)[]) {
      for (const result of results) summary.add(result);
      done += results.length;
      if (now() - summaryAt >= pause) publish();
      else if (now() - progressAt >= PROGRESS_EVERY) progress();
    },
  };
}

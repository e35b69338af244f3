import { AppError, aborted, sentence } from '../errors.ts';
import { isSkipped, recordItem } from './record.ts';
import type { EvaluationRecords } from './summarise.ts';
import type {
  EvaluationItem,
  EvaluationVolume,
  ExplainedVolume,
  SkippedVolume,
  SourceVolume,
} from './types.ts';

/** An explanation, or the sentence that says why there is none. */
type Answer = ExplainedVolume | { readonly reason: string };

export interface EvaluationTask {
  /** Volumes in any order; those of the next batch are asked for while the last one is explained. */
  readonly source: AsyncIterable<SourceVolume>;
  /** Volumes explained together, at least 1. */
  readonly batch: number;
  /** One layer, all classes, all of `EVALUATION_METHODS`: the engine's `explainBatch`. */
  readonly explain: (volumes: readonly EvaluationVolume[]) => Promise<readonly Answer[]>;
  /** What else is found about each explained volume, one after the other. */
  readonly examine?: (
    volume: EvaluationVolume,
    answer: ExplainedVolume,
  ) => Promise<Pick<EvaluationItem, 'faithfulness'>>;
  /** Called for each batch with what became of its volumes. */
  readonly onResults?: (results: readonly (EvaluationItem | SkippedVolume)[]) => void;
  /** An `AbortSignal`; looked at before each batch. */
  readonly signal?: { readonly aborted: boolean };
}

/**
 * Explains one batch after the other. A volume that cannot be read, does not fit the network or gives
 * no finite answer is skipped with its reason; any other failure ends the evaluation.
 *
 * @throws AppError 'aborted' when cancelled.
 */
export async function runEvaluation(task: EvaluationTask): Promise<EvaluationRecords> {
  const items: EvaluationItem[] = [];
  const skipped: SkippedVolume[] = [];
  const volumes = task.source[Symbol.asyncIterator]();
  const ask = () => {
    const next = gather(volumes, task);
    next.catch(() => undefined); // awaited in the next turn, if there is one
    return next;
  };
  let next = ask();
  try {
    for (;;) {
      const entries = await next;
      if (task.signal?.aborted) throw aborted();
      if (entries.length === 0) return { items, skipped };
      next = ask();
      const results = await evaluate(entries, task);
      for (const result of results) {
        if (isSkipped(result)) skipped.push(result);
        else items.push(result);
      }
      task.onResults?.(results);
    }
  } finally {
    await next.catch(() => undefined);
    await volumes.return?.();
  }
}

/** The next batch of volumes and those between them that could not be read, no more of either than `batch`. */
async function gather(
  volumes: AsyncIterator<SourceVolume>,
  { batch, signal }: EvaluationTask,
): Promise<SourceVolume[]> {
  const entries: SourceVolume[] = [];
  let skipped = 0;
  while (entries.length - skipped < batch && skipped < batch && !signal?.aborted) {
    const { done, value } = await volumes.next();
    if (done) break;
    entries.push(value);
    if (isSkipped(value)) skipped++;
  }
  return entries;
}

async function evaluate(
  entries: readonly SourceVolume[],
  { explain, examine, signal }: EvaluationTask,
): Promise<(EvaluationItem | SkippedVolume)[]> {
  const volumes = entries.filter((entry): entry is EvaluationVolume => !isSkipped(entry));
  const answers = volumes.length > 0 ? await explain(volumes) : [];
  const answerTo = new Map(volumes.map((volume, i) => [volume, answers[i]]));
  const results: (EvaluationItem | SkippedVolume)[] = [];
  for (const entry of entries) {
    const answer = isSkipped(entry) ? undefined : answerTo.get(entry)!;
    const result = isSkipped(entry) ? entry : record(entry, answer!);
    if (isSkipped(entry) || isSkipped(result) || !examine || !answer || 'reason' in answer) {
      results.push(result);
      continue;
    }
    if (signal?.aborted) throw aborted();
    results.push({ ...result, ...(await examine(entry, answer)) });
  }
  return results;
}

function record(volume: EvaluationVolume, answer: Answer): EvaluationItem | SkippedVolume {
  const { order, id } = volume;
  if ('reason' in answer) return { order, id, reason: answer.reason };
  try {
    return recordItem(volume, answer);
  } catch (error) {
    if (!ofTheVolume(error)) throw error;
    return { order, id, reason: sentence(error) };
  }
}

/** Whether a failure is the volume's own, so that the next volume may do. */
export function ofTheVolume(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'bad-input' || error.code === 'bad-file');
}

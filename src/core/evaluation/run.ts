import { AppError, aborted, sentence } from '../errors.ts';
import { recordItem } from './record.ts';
import type { EvaluationRecords } from './summarise.ts';
import type {
  EvaluationItem,
  EvaluationVolume,
  ExplainedVolume,
  SkippedVolume,
  SourceVolume,
} from './types.ts';

export interface EvaluationTask {
  /** Volumes in any order; the next one is asked for while the last one is explained. */
  readonly source: AsyncIterable<SourceVolume>;
  /** One layer, all classes, all of `EVALUATION_METHODS`: the engine's `explain`. */
  readonly explain: (volume: EvaluationVolume) => Promise<ExplainedVolume>;
  /** Called after each volume with what became of it. */
  readonly onItem?: (result: EvaluationItem | SkippedVolume) => void;
  /** An `AbortSignal`; looked at before each volume. */
  readonly signal?: { readonly aborted: boolean };
}

/**
 * Explains one volume after the other. A volume that cannot be read, does not fit the network or gives
 * no finite answer is skipped with its reason; any other failure ends the evaluation.
 *
 * @throws AppError 'aborted' when cancelled.
 */
export async function runEvaluation(task: EvaluationTask): Promise<EvaluationRecords> {
  const items: EvaluationItem[] = [];
  const skipped: SkippedVolume[] = [];
  const volumes = task.source[Symbol.asyncIterator]();
  const ask = () => {
    const next = volumes.next();
    next.catch(() => undefined); // awaited in the next turn, if there is one
    return next;
  };
  let next = ask();
  try {
    for (;;) {
      if (task.signal?.aborted) throw aborted();
      const { done, value } = await next;
      if (done) return { items, skipped };
      next = ask();
      const result = await evaluate(value, task.explain);
      if (isSkipped(result)) skipped.push(result);
      else items.push(result);
      task.onItem?.(result);
    }
  } finally {
    await next.catch(() => undefined);
    await volumes.return?.();
  }
}

export function isSkipped(
  result: EvaluationItem | EvaluationVolume | SkippedVolume,
): result is SkippedVolume {
  return 'reason' in result;
}

async function evaluate(
  volume: SourceVolume,
  explain: EvaluationTask['explain'],
): Promise<EvaluationItem | SkippedVolume> {
  if (isSkipped(volume)) return volume;
  try {
    return recordItem(volume, await explain(volume));
  } catch (error) {
    if (!ofTheVolume(error)) throw error;
    return { order: volume.order, id: volume.id, reason: sentence(error) };
  }
}

/** Whether a failure is the volume's own, so that the next volume may do. */
export function ofTheVolume(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'bad-input' || error.code === 'bad-file');
}

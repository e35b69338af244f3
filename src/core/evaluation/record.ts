import { participationRatio, rivalOf, specificity } from '../cam/index.ts';
import { badInput } from '../errors.ts';
import { kendallTau, scoreDistance } from '../metrics/index.ts';
import {
  EVALUATION_METHODS,
  type EvaluationId,
  type EvaluationItem,
  type EvaluationVolume,
  type ExplainedVolume,
  type Ledger,
  type MethodRecord,
  type PerMethod,
  type SkippedVolume,
} from './types.ts';

/**
 * Keeps of one explained volume what the evaluation is made from.
 *
 * @param explained one layer, all classes, all of `EVALUATION_METHODS`
 * @throws AppError 'bad-input' when the network's scores or the map sums are not finite.
 */
export function recordItem(
  volume: EvaluationId & { readonly class: number | null },
  explained: ExplainedVolume,
): EvaluationItem {
  const { order, id } = volume;
  const scores = Array.from(explained.scores);
  mustBeFinite(id, 'score', scores);
  const [{ classes, ledger, activationSum }] = explained.layers;
  const byClass = [...classes].sort((a, b) => a.index - b.index);
  const method = (name: keyof PerMethod<unknown>): MethodRecord => {
    const sums = byClass.map(({ methods }) => methods[name]!.sum);
    mustBeFinite(id, `${name} map's sum`, sums);
    const tau = kendallTau(sums, scores);
    return { l1: scoreDistance(sums, scores), kendallTau: Number.isNaN(tau) ? null : tau, sums };
  };
  const { predicted } = explained;
  const rival = rivalOf(scores, predicted);
  return {
    order,
    id,
    class: volume.class,
    predicted,
    scores,
    methods: perMethod(method),
    ledger: meanMagnitude(
      ledger.map(({ cam, bias, bypass, residual }) => ({
        heatmap: cam,
        bias,
        residual: residual + bypass,
      })),
    ),
    specificity: perMethod((name) => {
      const data = (index: number) => byClass[index].methods[name]!.data;
      const other = rival === null ? undefined : data(rival);
      return specificity(data(predicted), other, activationSum);
    }),
    activationSpread: participationRatio(activationSum),
  };
}

/** For sorting records by their volumes. */
export function byOrder(a: { readonly order: number }, b: { readonly order: number }): number {
  return a.order - b.order;
}

export function isSkipped(
  result: EvaluationItem | EvaluationVolume | SkippedVolume,
): result is SkippedVolume {
  return 'reason' in result;
}

/** One value for each method, in the order of `EVALUATION_METHODS`. */
export function perMethod<T>(value: (method: keyof PerMethod<T>) => T): PerMethod<T> {
  return Object.fromEntries(EVALUATION_METHODS.map((name) => [name, value(name)])) as PerMethod<T>;
}

/** Means of the absolute terms; `rows` must not be empty. */
function meanMagnitude(rows: readonly Ledger[]): Ledger {
  let heatmap = 0;
  let bias = 0;
  let residual = 0;
  for (const row of rows) {
    heatmap += Math.abs(row.heatmap);
    bias += Math.abs(row.bias);
    residual += Math.abs(row.residual);
  }
  const n = rows.length;
  return { heatmap: heatmap / n, bias: bias / n, residual: residual / n };
}

function mustBeFinite(id: string, what: string, values: readonly number[]): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw badInput(
    `${id}: the ${what} of class ${bad} comes out as ${values[bad]}; accepted: volumes on which the network's answer is finite`,
  );
}

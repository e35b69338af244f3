import { type CsvCell, csv } from '../csv.ts';
import {
  EVALUATION_METHODS,
  EVALUATION_RANKINGS,
  type Evaluation,
  type EvaluationItem,
} from './types.ts';

/**
 * One row for each volume of an evaluation, in order, as CSV (RFC 4180, lines end in "\n"): class and
 * answer by number and name, the answer's score, the numbers of Table 1 of each method, the ledger, and areas under the deletion and insertion curves.
 * Unknown numbers are empty; a skipped volume has its reason in the last column.
 */
export function evaluationCsv({ items, skipped, classes, data }: Evaluation): string {
  const rankings = data.faithfulness ? EVALUATION_RANKINGS : [];
  const head = [
    ...['order', 'id', 'class', 'class_name', 'predicted', 'predicted_name', 'correct', 'score'],
    ...EVALUATION_METHODS.map((method) => `l1_${method}`),
    ...EVALUATION_METHODS.map((method) => `tau_${method}`),
    ...EVALUATION_METHODS.map((method) => `corr_activation_${method}`),
    ...EVALUATION_METHODS.map((method) => `corr_runner_up_${method}`),
    ...['activation_spread', 'heatmap', 'bias', 'residual'],
    ...rankings.map((ranking) => `deletion_${ranking}`),
    ...rankings.map((ranking) => `insertion_${ranking}`),
    'skipped',
  ];
  const empty = new Array<CsvCell>(head.length - 3).fill(null);
  const rows = [
    ...items.map((item) => ({ order: item.order, row: itemRow(item, classes, rankings) })),
    ...skipped.map(({ order, id, reason }) => ({ order, row: [order, id, ...empty, reason] })),
  ].sort((a, b) => a.order - b.order);
  return csv([head, ...rows.map(({ row }) => row)]);
}

function itemRow(
  item: EvaluationItem,
  classes: readonly string[],
  rankings: readonly (typeof EVALUATION_RANKINGS)[number][],
): CsvCell[] {
  const { order, id, class: truth, predicted, scores, methods, specificity, ledger } = item;
  return [
    order,
    id,
    truth,
    truth === null ? null : classes[truth],
    predicted,
    classes[predicted],
    truth === null ? null : Number(truth === predicted),
    scores[predicted],
    ...EVALUATION_METHODS.map((method) => methods[method].l1),
    ...EVALUATION_METHODS.map((method) => methods[method].kendallTau),
    ...EVALUATION_METHODS.map((method) => specificity[method].activationSum),
    ...EVALUATION_METHODS.map((method) => specificity[method].runnerUp),
    item.activationSpread,
    ledger.heatmap,
    ledger.bias,
    ledger.residual,
    ...rankings.map((ranking) => item.faithfulness?.[ranking].deletion ?? null),
    ...rankings.map((ranking) => item.faithfulness?.[ranking].insertion ?? null),
    null,
  ];
}

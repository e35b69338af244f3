import { type CsvCell, csv } from '../csv.ts';
import { byOrder, isSkipped } from './record.ts';
import {
  EVALUATION_METHODS,
  EVALUATION_RANKINGS,
  type Evaluation,
  type EvaluationItem,
  type EvaluationSetup,
  type SkippedVolume,
} from './types.ts';

/**
 * One row for each volume of an evaluation, in order, as CSV (RFC 4180, lines end in "\n"): class and
 * answer by number and name, the answer's score, the numbers of Table 1 of each method, the ledger, and areas under the deletion and insertion curves.
 * Unknown numbers are empty; a skipped volume has its reason in the last column.
 */
export function evaluationCsv(evaluation: Evaluation): string {
  const records = [...evaluation.items, ...evaluation.skipped].sort(byOrder);
  const { head, row } = evaluationTable(evaluation);
  return head + records.map(row).join('');
}

/** The first line of that table, and the line of a record. */
export function evaluationTable({ classes, data }: EvaluationSetup) {
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
  const row = (record: EvaluationItem | SkippedVolume) =>
    csv([
      isSkipped(record)
        ? [record.order, record.id, ...empty, record.reason]
        : itemRow(record, classes, rankings),
    ]);
  return { head: csv([head]), row };
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

import { METHODS } from '../src/core/cam/index.ts';
import { rankingName } from '../src/core/faithfulness/index.ts';
import {
  EVALUATION_METHODS,
  EVALUATION_RANKINGS,
  type EvaluationMethod,
  type EvaluationSummary,
  type PublishedNumber,
  publishedRow,
  type Spread,
  topConfusions,
} from '../src/core/evaluation/index.ts';

const SHOWN_MISTAKES = 5;

/** An evaluation as text: what was evaluated, accuracy, Table 1, ledger. */
export function evaluationLines(evaluation: EvaluationSummary, skipped: number): string[] {
  const { title, layer, n, total, shard, data, ledger } = evaluation;
  const part = shard ? ` (shard ${shard.index}/${shard.of} of ${total})` : '';
  const set = data.set === 'simulated' || data.set === 'bundled' ? `${data.set} volumes` : data.set;
  const snr = data.snr === null ? '' : data.snr === 'inf' ? ', noise-free' : `, SNR ${data.snr}`;
  const lines = [
    `${title} on ${set}${snr}: ${countVolumes(n)}${part}${skipped > 0 ? `, ${skipped} skipped` : ''}, layer ${layer}.`,
    ...accuracyLines(evaluation),
  ];
  if (n > 0) lines.push('', ...tableLines(evaluation));
  if (ledger.magnitude) {
    const { heatmap, bias, residual, magnitude } = ledger;
    const term = (share: number | null, amount: number) =>
      `${share === null ? '–' : percent(share)} (${short(amount)})`;
    lines.push(
      '',
      `Scores are made of: heatmap ${term(heatmap, magnitude.heatmap)}, biases ${term(bias, magnitude.bias)}, rest ${term(residual, magnitude.residual)}.`,
    );
  }
  if (n > 0) lines.push(...mapLines(evaluation), ...faithfulnessLines(evaluation));
  return lines;
}

/** What the maps share with what knows no class, how the activations fill the box, and Grad-CAM's sign. */
function mapLines(evaluation: EvaluationSummary): string[] {
  const { specificity, activationSpread, tauBySpread, predictedSum, n } = evaluation;
  const { grad } = predictedSum;
  const byVolume =
    tauBySpread.grad === null
      ? ''
      : `; over the volumes Grad-CAM's tau correlates ${tauBySpread.grad.toFixed(2)} with it`;
  return [
    '',
    ...textTable([
      ["Answer's map correlates with", 'activation sum', "runner-up's map"],
      ...EVALUATION_METHODS.map((method) => [
        METHODS[method].name,
        plusMinus(specificity.activationSum[method]),
        plusMinus(specificity.runnerUp[method]),
      ]),
    ]),
    'The activation sum knows no class: a map that equals it says where the layer is active, not for what.',
    `Activations fill the box at a participation ratio of ${plusMinus(activationSpread)} (1: evenly)${byVolume}.`,
    `Grad-CAM's sum of the answer is below 0 in ${grad.negative} of ${countVolumes(n)}, and the largest of all classes in ${grad.largest}.`,
  ];
}

/** Areas under the curves, by the maps and by what any map must be better than. */
function faithfulnessLines({ faithfulness }: EvaluationSummary): string[] {
  if (!faithfulness) return [];
  const { deletion, insertion } = faithfulness;
  return [
    '',
    ...textTable([
      ['Area under the curves, in order of', 'deletion (low is good)', 'insertion (high is good)'],
      ...EVALUATION_RANKINGS.map((ranking) => [
        rankingName(ranking),
        plusMinus(deletion[ranking]),
        plusMinus(insertion[ranking]),
      ]),
    ]),
  ];
}

function accuracyLines({ accuracy, labelled, n, confusion, classes }: EvaluationSummary): string[] {
  if (accuracy === null) return n > 0 ? ['The true classes are not known: no accuracy.'] : [];
  const right = Math.round(accuracy * labelled);
  const mistakes = topConfusions(confusion);
  const rest = mistakes.length - SHOWN_MISTAKES;
  return [
    `Accuracy ${percent(accuracy)} (${right} of ${labelled}).`,
    ...mistakes
      .slice(0, SHOWN_MISTAKES)
      .map(
        ({ truth, predicted, count }) =>
          `  ${count} x ${classes[truth]} taken for ${classes[predicted]}`,
      ),
    ...(rest > 0 ? [`  and ${rest} other kinds of mistakes`] : []),
  ];
}

/** Table 1: mean ± standard deviation over volumes, beside the published numbers where there are any. */
function tableLines(evaluation: EvaluationSummary): string[] {
  const { l1, kendallTau, n } = evaluation;
  const paper = publishedRow(evaluation);
  const published = (row: Partial<Record<EvaluationMethod, PublishedNumber>> | undefined) =>
    paper ? (method: EvaluationMethod) => [plusMinus(row?.[method])] : () => [];
  const paperL1 = published(paper?.l1);
  const paperTau = published(paper?.kendallTau);
  const rows = [
    ['', 'L1', ...(paper ? ['paper'] : []), "Kendall's tau", ...(paper ? ['paper'] : [])],
    ...EVALUATION_METHODS.map((method) => [
      METHODS[method].name,
      plusMinus(l1[method]),
      ...paperL1(method),
      plusMinus(kendallTau[method]),
      ...paperTau(method),
    ]),
  ];
  const undefinedTaus = EVALUATION_METHODS.filter((method) => kendallTau[method].n < n).map(
    (method) =>
      `tau of ${METHODS[method].name} is not defined for ${countVolumes(n - kendallTau[method].n)}`,
  );
  return [
    ...textTable(rows),
    ...(undefinedTaus.length > 0 ? [`${undefinedTaus.join('; ')} (left out of the mean).`] : []),
  ];
}

/** Columns under each other, the first to the left, the others to the right. */
function textTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join('  '),
  );
}

/** `1 volume`, `46 volumes`. */
export function countVolumes(n: number): string {
  return `${n} ${n === 1 ? 'volume' : 'volumes'}`;
}

function plusMinus(spread: Spread | PublishedNumber | undefined): string {
  if (spread === undefined || spread.mean === null || spread.std === null) return '–';
  return `${decimals(spread.mean)} ± ${decimals(spread.std)}`;
}

/** Three decimals as in the paper, more where they would all be zero. */
function decimals(value: number): string {
  return value !== 0 && Math.abs(value) < 0.01 ? value.toPrecision(2) : value.toFixed(3);
}

/** One decimal, two where one would be too few. */
const percent = (share: number) => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 1)}%`;
const short = (value: number) => String(Number(value.toPrecision(3)));

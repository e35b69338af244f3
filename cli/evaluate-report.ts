import {
  type Evaluation,
  EVALUATION_METHODS,
  type EvaluationMethod,
  PAPER_LAYER,
  type PublishedNumber,
  publishedRow,
  type Spread,
  topConfusions,
} from '../src/core/evaluation/index.ts';

const NAMES: Readonly<Record<EvaluationMethod, string>> = {
  respond: 'Respond-CAM',
  grad: 'Grad-CAM',
  hirescam: 'HiResCAM',
};

const SHOWN_MISTAKES = 5;

/** An evaluation as text: what was evaluated, accuracy, Table 1, ledger. */
export function evaluationLines(evaluation: Evaluation): string[] {
  const { title, layer, n, total, shard, data, skipped, ledger } = evaluation;
  const part = shard ? ` (shard ${shard.index}/${shard.of} of ${total})` : '';
  const set = data.set === 'simulated' || data.set === 'bundled' ? `${data.set} volumes` : data.set;
  const snr = data.snr === null ? '' : data.snr === 'inf' ? ', noise-free' : `, SNR ${data.snr}`;
  const lines = [
    `${title} on ${set}${snr}: ${countVolumes(n)}${part}${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}, layer ${layer}.`,
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
  return lines;
}

function accuracyLines({ accuracy, labelled, n, confusion, classes }: Evaluation): string[] {
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
function tableLines({ model, layer, l1, kendallTau, n }: Evaluation): string[] {
  const paper = layer === PAPER_LAYER ? publishedRow(model) : undefined;
  const published = (row: Partial<Record<EvaluationMethod, PublishedNumber>> | undefined) =>
    paper ? (method: EvaluationMethod) => [plusMinus(row?.[method])] : () => [];
  const paperL1 = published(paper?.l1);
  const paperTau = published(paper?.kendallTau);
  const rows = [
    ['', 'L1', ...(paper ? ['paper'] : []), "Kendall's tau", ...(paper ? ['paper'] : [])],
    ...EVALUATION_METHODS.map((method) => [
      NAMES[method],
      plusMinus(l1[method]),
      ...paperL1(method),
      plusMinus(kendallTau[method]),
      ...paperTau(method),
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const undefinedTaus = EVALUATION_METHODS.filter((method) => kendallTau[method].n < n).map(
    (method) =>
      `tau of ${NAMES[method]} is not defined for ${countVolumes(n - kendallTau[method].n)}`,
  );
  return [
    ...rows.map((row) =>
      row
        .map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i])))
        .join('  '),
    ),
    ...(undefinedTaus.length > 0 ? [`${undefinedTaus.join('; ')} (left out of the mean).`] : []),
  ];
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

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const short = (value: number) => String(Number(value.toPrecision(3)));

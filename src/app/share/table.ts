import { type CamMethod, sumsToScore } from '../../core/cam/index.ts';
import { csv, type CsvCell } from '../../core/csv.ts';
import { formatSigned, formatValue } from '../../core/color/index.ts';
import { type Answer, type Display, headerColumns, mapIn } from '../../state/index.ts';

/** Methods of the maps on screen that are of the answer, each once. */
function methodsOf(display: Display): CamMethod[] {
  return [...new Set(headerColumns(display).map(({ shown }) => shown.method))];
}

function sumOf({ result }: Answer, method: CamMethod, index: number): number | null {
  return sumsToScore(method) ? (mapIn(result, method, index)?.map.sum ?? null) : null;
}

/** One row for each class: score, probability, and what each method's map sums to. */
export function tableCsv(display: Display): string {
  const { answer } = display;
  if (!answer) return '';
  const { result, model } = answer;
  const methods = methodsOf(display);
  const [layer] = result.layers;
  const head = ['class', 'name', 'predicted', 'score', 'probability'];
  const rows = Array.from(result.scores, (score, index): CsvCell[] => [
    index,
    model.classes[index] ?? '',
    Number(index === result.predicted),
    score,
    result.probabilities?.[index] ?? null,
    ...methods.map((method) => sumOf(answer, method, index)),
  ]);
  const numbers = methods.map((method) => layer.metrics[method]);
  return csv([
    [...head, ...methods.map((method) => `sum_${method}`)],
    ...rows,
    ...(numbers.some(Boolean)
      ? [
          ['', 'L1', '', '', '', ...numbers.map((found) => found?.l1 ?? null)],
          ['', 'tau', '', '', '', ...numbers.map((found) => found?.kendallTau ?? null)],
        ]
      : []),
  ]);
}

/** The same as a person reads it, the highest scores first. */
export function tableRows(
  display: Display,
  names: Readonly<Record<CamMethod, string>>,
): string[][] {
  const { answer } = display;
  if (!answer) return [];
  const { result, model } = answer;
  const methods = methodsOf(display);
  const order = Array.from(result.scores.keys()).sort(
    (a, b) => result.scores[b] - result.scores[a],
  );
  return [
    ['Class', 'Score', ...methods.map((method) => `Σ ${names[method]}`)],
    ...order.map((index) => [
      model.classes[index] ?? `Class ${index}`,
      formatValue(result.scores[index]),
      ...methods.map((method) => {
        const sum = sumOf(answer, method, index);
        return sum === null ? '–' : formatSigned(sum);
      }),
    ]),
  ];
}

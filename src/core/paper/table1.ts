import { METHODS } from '../cam/index.ts';
import {
  type Evaluation,
  PAPER_TABLE_1,
  type PublishedRow,
  type Spread,
} from '../evaluation/index.ts';
import { PAPER_NETWORKS, type PaperNetwork } from './figures.ts';
import { withMinus } from '../minus.ts';

/** What `public/paper/table1.json` keeps of an evaluation of one network. */
export type MeasuredRow = Pick<
  Evaluation,
  | 'model'
  | 'layer'
  | 'data'
  | 'n'
  | 'labelled'
  | 'accuracy'
  | 'l1'
  | 'kendallTau'
  | 'ledger'
  | 'activationSpread'
  | 'tauBySpread'
  | 'specificity'
  | 'predictedSum'
>;

/** One network of Table 1. */
export interface Table1Row {
  readonly network: PaperNetwork;
  readonly title: string;
  readonly published: PublishedRow;
  /** Null while the network has not been evaluated. */
  readonly measured: MeasuredRow | null;
}

/** The document of `evaluate --json` without its records. */
export function measuredRow(evaluation: Evaluation): MeasuredRow {
  const { model, layer, data, n, labelled, accuracy, l1, kendallTau } = evaluation;
  const { ledger, activationSpread, tauBySpread, specificity, predictedSum } = evaluation;
  const table = { model, layer, data, n, labelled, accuracy, l1, kendallTau };
  return { ...table, ledger, activationSpread, tauBySpread, specificity, predictedSum };
}

/** The four networks in the paper's order; `document` is `public/paper/table1.json`, or null. */
export function table1Rows(document: unknown): Table1Row[] {
  const list: unknown[] = Array.isArray(document) ? document : [];
  const measured = list.filter(isMeasured);
  return (Object.keys(PAPER_NETWORKS) as PaperNetwork[]).map((network) => ({
    network,
    title: PAPER_NETWORKS[network],
    published: PAPER_TABLE_1[network],
    measured: measured.find(({ model }) => model === network) ?? null,
  }));
}

function isMeasured(value: unknown): value is MeasuredRow {
  const row = value as Partial<MeasuredRow> | null;
  return (
    typeof row?.model === 'string' &&
    typeof row.n === 'number' &&
    row.ledger !== undefined &&
    row.predictedSum !== undefined &&
    [row.l1, row.kendallTau, row.specificity?.runnerUp].every(
      (metric) => metric?.respond && metric.grad && metric.hirescam,
    )
  );
}

/** `0.981 ± 0.014`, as the paper prints it; a dash where there is no number. */
export function spreadText({ mean, std }: Pick<Spread, 'mean' | 'std'>): string {
  if (mean === null || std === null) return '–';
  return `${withMinus(mean.toFixed(3))} ± ${std.toFixed(3)}`;
}

/** `99.3%`; a dash where no volume had a known class. */
export function accuracyText({ accuracy }: Pick<MeasuredRow, 'accuracy'>): string {
  return accuracy === null ? '–' : `${(100 * accuracy).toFixed(1)}%`;
}

/** The lines of Table 1: what is measured, by which method, and where its number stands. */
const METRICS = [
  { metric: 'l1', name: 'L1' },
  { metric: 'kendallTau', name: "Kendall's τ" },
] as const;
const ORDER = ['grad', 'respond', 'hirescam'] as const;
export const TABLE_1_LINES = METRICS.flatMap((metric) =>
  ORDER.map((method) => ({ ...metric, method, title: METHODS[method].name })),
);
export type Table1Line = (typeof TABLE_1_LINES)[number];

/** What L1 and tau hang on and what the maps are about, under Table 1; the paper has none of these. */
export const TABLE_1_FACTS: readonly {
  readonly title: string;
  text(measured: MeasuredRow): string;
}[] = [
  {
    title: 'Bias share of the scores',
    text: ({ ledger }) => (ledger.bias === null ? '–' : `${(100 * ledger.bias).toFixed(2)}%`),
  },
  {
    title: 'Activation spread (participation ratio)',
    text: ({ activationSpread }) => spreadText(activationSpread),
  },
  {
    title: "Correlation of Grad-CAM's τ with that spread",
    text: ({ tauBySpread }) =>
      tauBySpread.grad === null ? '–' : withMinus(tauBySpread.grad.toFixed(2)),
  },
  {
    title: 'Respond-CAM map and activation sum, correlation',
    text: ({ specificity }) => spreadText(specificity.activationSum.respond),
  },
  {
    title: "Respond-CAM map and runner-up's, correlation",
    text: ({ specificity }) => spreadText(specificity.runnerUp.respond),
  },
  {
    title: "Grad-CAM's sum of the answer below 0",
    text: ({ predictedSum, n }) => `${predictedSum.grad.negative} of ${n}`,
  },
  {
    title: "Grad-CAM's sum of the answer largest",
    text: ({ predictedSum, n }) => `${predictedSum.grad.largest} of ${n}`,
  },
  { title: 'Accuracy', text: accuracyText },
  { title: 'Volumes', text: ({ n }) => String(n) },
];

/** The published number of a line; null for HiResCAM, which is younger than the paper. */
export function publishedOf({ published }: Table1Row, { metric, method }: Table1Line) {
  return method === 'hirescam' ? null : published[metric][method];
}

/** Table 1 in Markdown: under each network what was measured, in brackets what was published. */
export function table1Markdown(rows: readonly Table1Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', '', ...rows.map(({ title }) => title)]),
    line(['---', '---', ...rows.map(() => '---:')]),
    ...TABLE_1_LINES.map((row) =>
      line([
        row.name,
        row.title,
        ...rows.map((network) => {
          const published = publishedOf(network, row);
          const { measured } = network;
          const own = measured ? spreadText(measured[row.metric][row.method]) : '–';
          return published ? `${own}<br>(${spreadText(published)})` : own;
        }),
      ]),
    ),
    ...TABLE_1_FACTS.map(({ title, text }) =>
      line([title, '', ...rows.map(({ measured }) => (measured ? text(measured) : '–'))]),
    ),
  ].join('\n');
}

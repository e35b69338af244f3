import { CANCELLATION_LIMIT, type CamMethod, rivalOf } from '../src/core/cam/index.ts';
import type { DomainFinding } from '../src/core/domain/index.ts';
import type { Explanation, LayerExplanation, ModelInfo } from '../src/engine/types.ts';
import { findingLine } from './explain-domain.ts';
import { factLines, type FactsOf } from './explain-facts.ts';
import type { FindFiles } from './explain-files.ts';
import { inputDocument, type NetworkInput } from './input.ts';

/** What was written and found besides the explanation. */
export interface Findings {
  readonly files: FindFiles;
  readonly factsOf: FactsOf;
  /** How the input differs from what the network was trained on. */
  readonly warnings: readonly DomainFinding[];
}

/** The JSON document of `explain --json`. */
export function explainDocument(
  model: string,
  input: NetworkInput,
  explanation: Explanation,
  found: Findings,
) {
  const { layers } = explanation;
  return {
    model,
    backend: explanation.backend,
    input: inputDocument(input),
    scores: Array.from(explanation.scores),
    probabilities: Array.from(explanation.probabilities),
    predicted: explanation.predicted,
    warnings: found.warnings.map((finding) => ({ ...finding, message: findingLine(finding) })),
    layers: layers.map((layer) => layerDocument(layer, explanation, found)),
    metrics: Object.fromEntries(layers.map(({ name, metrics }) => [name, metrics])),
    ledger: Object.fromEntries(layers.map(({ name, ledger }) => [name, ledger])),
    timing: explanation.timing,
  };
}

function layerDocument(
  layer: LayerExplanation,
  { scores }: Explanation,
  { files, factsOf }: Findings,
) {
  const { name, shape, channels, kappa, classes } = layer;
  return {
    name,
    shape,
    channels,
    // Infinite where a channel adds up to exactly 0; JSON would write null.
    kappa: { ...kappa, max: finite(kappa.max) },
    classes: classes.map(({ index, score, methods }) => {
      const names = Object.keys(methods) as CamMethod[];
      const facts = new Map(names.map((method) => [method, factsOf(layer, index, method)]));
      return {
        index,
        score,
        // Of the method asked for first; each method has its own below.
        specificity: {
          method: names[0],
          ...facts.get(names[0])!.specificity,
          runnerUpIndex: rivalOf(scores, index),
        },
        methods: Object.fromEntries(
          names.map((method) => {
            const { sum, min, max } = methods[method]!;
            const { cancellation, specificity } = facts.get(method)!;
            const written = files(name, index, method);
            const sums = { sum, min, max, cancellation: finite(cancellation) };
            return [method, { ...sums, specificity, ...written }];
          }),
        ),
      };
    }),
  };
}

function finite(value: number): number {
  return Math.min(value, Number.MAX_VALUE);
}

/** The same as text: one table for each layer. */
export function explainLines(
  info: ModelInfo,
  explanation: Explanation,
  { factsOf }: Pick<Findings, 'factsOf'>,
): string[] {
  const { predicted, probabilities, layers } = explanation;
  const answer = `${info.title} answers ${info.classes[predicted]} (${(100 * probabilities[predicted]).toFixed(1)}%).`;
  return [
    answer,
    ...layers.flatMap((layer) => [
      '',
      ...layerLines(info, layer, factsOf),
      ...factLines(layer, explanation, info.classes, factsOf),
    ]),
  ];
}

function layerLines(info: ModelInfo, layer: LayerExplanation, factsOf: FactsOf) {
  const { name, shape, kappa, classes, ledger, metrics } = layer;
  const methods = Object.keys(classes[0].methods) as CamMethod[];
  const rows = [
    ['class', 'score', ...methods.map((method) => `sum ${method}`), 'biases', 'rest'],
    ...classes.map(({ index, score, methods: maps }, i) =>
      [
        info.classes[index],
        score,
        ...methods.map((method) => {
          const hides = factsOf(layer, index, method).cancellation > CANCELLATION_LIMIT;
          return `${hides ? '! ' : ''}${maps[method]!.sum.toFixed(3)}`;
        }),
        ledger[i].bias,
        ledger[i].residual,
      ].map((cell) => (typeof cell === 'number' ? cell.toFixed(3) : cell)),
    ),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const health =
    kappa.unsafeChannels > 0
      ? `; ${kappa.unsafeChannels} channels cancel out, shown as gradient times activation there`
      : '';
  return [
    `${name}, ${shape.join(' x ')} voxels, kappa up to ${kappa.max.toPrecision(3)}${health}`,
    ...rows.map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join('  '),
    ),
    ...Object.entries(metrics).map(
      ([method, { l1, kendallTau }]) =>
        `${method}: L1 ${l1.toFixed(3)}, tau ${kendallTau.toFixed(3)}`,
    ),
  ];
}

import { CANCELLATION_LIMIT, type CamMethod, rivalOf, sumsToScore } from '../src/core/cam/index.ts';
import type { Parity } from '../src/core/target/index.ts';
import { doubtOf } from '../src/core/domain/index.ts';
import type { Explanation, LayerExplanation, ModelInfo } from '../src/engine/types.ts';
import type { Reading, WhatIf } from '../src/core/whatif/index.ts';
import { whatIfDocument, whatIfLines } from './explain-what-if.ts';
import { findingLine } from './explain-domain.ts';
import { factLines, type FactsOf } from './explain-facts.ts';
import { type ClassTests, testsDocument, testsLines } from './explain-faithfulness.ts';
import type { FindFiles } from './explain-files.ts';
import {
  agreementDocument,
  agreements,
  particleDocument,
  whereDocument,
  whereLines,
  whereOf,
} from './explain-where.ts';
import { type TrustContext, trustIn, trustText } from './explain-trust.ts';
import { inputDocument, type NetworkInput } from './network-input.ts';

/** What was written and found besides the explanation. */
export interface Findings extends TrustContext {
  readonly files: FindFiles;
  /** Of the maps of one class, where asked for. */
  readonly tests?: ClassTests;
  /** How far the output is from the reference that was given. */
  readonly parity?: Parity;
  /** Other readings of the volume, and the present one. */
  readonly tried?: { readonly reading: Reading; readonly whatIf: WhatIf };
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
    target: targetDocument(explanation),
    scores: Array.from(explanation.scores),
    probabilities: explanation.probabilities && Array.from(explanation.probabilities),
    predicted: explanation.predicted,
    doubt: doubtOf(found.warnings)?.sentence ?? null,
    warnings: found.warnings.map((finding) => ({ ...finding, message: findingLine(finding) })),
    layers: layers.map((layer) => layerDocument(layer, explanation, found)),
    ...particleDocument(found.place),
    agreement: agreements(explanation, found.place).map((pair) =>
      agreementDocument(pair, found.place),
    ),
    ...(found.tests && { faithfulness: testsDocument(found.tests) }),
    metrics: Object.fromEntries(layers.map(({ name, metrics }) => [name, metrics])),
    ledger: Object.fromEntries(layers.map(({ name, ledger }) => [name, ledger])),
    ...(found.parity && { parity: found.parity }),
    ...(found.tried && { whatIf: whatIfDocument(found.tried.reading, found.tried.whatIf) }),
    timing: explanation.timing,
  };
}

function layerDocument(layer: LayerExplanation, explanation: Explanation, found: Findings) {
  const { files, factsOf, place } = found;
  const { name, declared, shape, channels, statistics, kappa, classes } = layer;
  return {
    name,
    ...(declared.node !== undefined && { node: declared.node }),
    op: declared.kind,
    shape: [...shape, channels],
    layout: declared.layout,
    declared: declared.shape,
    channels,
    statistics,
    // Null where a channel adds up to nothing.
    kappa: { ...kappa, max: Number.isFinite(kappa.max) ? kappa.max : null },
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
          runnerUpIndex: rivalOf(explanation.scores, index),
        },
        methods: Object.fromEntries(
          names.map((method) => {
            const { shape: own, sum, min, max } = methods[method]!;
            const { cancellation, specificity } = facts.get(method)!;
            const written = files(name, index, method);
            const sums = { sum, min, max, cancellation: finite(cancellation) };
            const at = whereOf(methods[method]!, place);
            const where = whereDocument(at, place);
            const trust = trustIn(explanation, layer, index, method, at, found);
            return [method, { ...sums, shape: own, specificity, where, trust, ...written }];
          }),
        ),
      };
    }),
  };
}

function finite(value: number): number {
  return Math.min(value, Number.MAX_VALUE);
}

/** What the numbers are. */
function targetDocument({ target, layers }: Explanation) {
  const asked = layers[0]?.classes.map(({ index }) => index) ?? [];
  const { voxels } = target;
  const [only] = asked;
  return {
    ...target,
    ...(asked.length === 1 && { index: only }),
    ...(voxels && { voxels: asked.length === 1 ? voxels[only] : voxels }),
  };
}

/** What each number is called: by class of the main output, else by its place. */
export function classNames(info: ModelInfo, { target, scores }: Explanation): readonly string[] {
  const main = target.output === info.outputs[0].name;
  if (main && info.classes.length === scores.length && target.kind !== 'similarity')
    return info.classes;
  if (target.kind === 'similarity') return target.references ?? ['cosine'];
  return Array.from(scores, (_, i) => `${target.output} ${i}`);
}

function answerLine(
  { title }: ModelInfo,
  { target, predicted, probabilities, scores }: Explanation,
  names: readonly string[],
): string {
  const name = names[predicted];
  switch (target.kind) {
    case 'class':
      if (probabilities && names.length === 1)
        return `${title} gives ${name} ${(100 * probabilities[0]).toFixed(1)}%.`;
      return probabilities
        ? `${title} answers ${name} (${(100 * probabilities[predicted]).toFixed(1)}%).`
        : `${title} answers ${name} (score ${scores[predicted].toFixed(3)}).`;
    case 'difference':
      return `${title}, scores minus that of ${names[target.against ?? 0]}; the largest is ${name}.`;
    case 'segmentation': {
      if (names.length === 1)
        return `${title} ${target.region === 'predicted' ? 'finds' : 'scores'} ${name} in ${target.voxels?.[0]} voxels.`;
      const counts = names.map((one, i) => `${one} over ${target.voxels?.[i]}`).join(', ');
      return `${title} answers with scores added up over voxels (${counts}).`;
    }
    case 'similarity':
      return scores.length === 1
        ? `${title}, cosine with the reference ${scores[0].toFixed(4)}.`
        : `${title} is nearest to ${name} (cosine ${scores[predicted].toFixed(4)}).`;
    default:
      return `${title}, ${scores.length} values of ${target.output}.`;
  }
}

/** Classes in the line of the highest scores. */
const TOP = 5;
/** Tables of more rows have those of the highest scores alone. */
const MOST_ROWS = 50;

/** The classes of the highest scores, where there are more than can be compared at a glance. */
function topLine(
  { target, scores, probabilities }: Explanation,
  names: readonly string[],
): string[] {
  if (target.kind !== 'class' || scores.length < 3) return [];
  const best = byScore(scores).slice(0, TOP);
  const said = best.map((index) =>
    probabilities
      ? `${names[index]} ${(100 * probabilities[index]).toFixed(1)}%`
      : `${names[index]} ${scores[index].toFixed(3)}`,
  );
  return [`Highest: ${said.join('; ')}.`];
}

const byScore = (scores: ArrayLike<number>): number[] =>
  Array.from(scores, (_, index) => index).sort((a, b) => scores[b] - scores[a]);

/** The answer with what makes it worth little. */
function withDoubt(answer: string, doubt: string | undefined): string {
  return doubt === undefined ? answer : `${answer} The answer is one ${doubt}.`;
}

/** The same as text: one table for each layer. */
export function explainLines(
  explanation: Explanation,
  found: Omit<Findings, 'files' | 'parity'>,
): string[] {
  const { info, names: classes, factsOf, place, tests, tried, warnings } = found;
  const { layers, predicted } = explanation;
  const asked = layers[0]?.classes.map(({ index }) => index) ?? [];
  const shown = asked.includes(predicted) ? predicted : (asked[0] ?? predicted);
  return [
    withDoubt(answerLine(info, explanation, classes), doubtOf(warnings)?.sentence),
    ...topLine(explanation, classes),
    ...layers.flatMap((layer) => [
      '',
      ...layerLines(classes, layer, factsOf),
      ...factLines(layer, explanation, classes, factsOf),
    ]),
    ...whereLines(explanation, shown, classes[shown], place),
    ...trustText(explanation, shown, found),
    ...(tried ? whatIfLines(tried.reading, tried.whatIf) : []),
    ...(tests ? testsLines(tests, classes) : []),
  ];
}

function layerLines(names: readonly string[], layer: LayerExplanation, factsOf: FactsOf) {
  const { name, shape, kappa, ledger, metrics, statistics } = layer;
  const many = layer.classes.length > MOST_ROWS;
  const best = byScore(layer.classes.map(({ score }) => score)).slice(0, TOP);
  const rowsShown = many ? best : [...layer.classes.keys()];
  const classes = rowsShown.map((row) => ({ ...layer.classes[row], booked: ledger[row] }));
  const methods = Object.keys(classes[0].methods) as CamMethod[];
  const around = ledger.some(({ bypass }) => bypass !== 0);
  const rows = [
    [
      'class',
      'score',
      ...methods.map((method) => `sum ${method}`),
      'biases',
      ...(around ? ['around'] : []),
      'rest',
    ],
    ...classes.map(({ index, score, methods: maps, booked }) =>
      [
        names[index],
        score,
        ...methods.map((method) => {
          const hides =
            sumsToScore(method) && factsOf(layer, index, method).cancellation > CANCELLATION_LIMIT;
          return `${hides ? '! ' : ''}${maps[method]!.sum.toFixed(3)}`;
        }),
        booked.bias,
        ...(around ? [booked.bypass] : []),
        booked.residual,
      ].map((cell) => (typeof cell === 'number' ? cell.toFixed(3) : cell)),
    ),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const health =
    kappa.unsafeChannels > 0
      ? `; ${kappa.unsafeChannels} channels cancel out, shown as gradient times activation there`
      : '';
  return [
    `${name}, ${shape.join(' x ')} voxels, kappa up to ${kappa.max.toPrecision(3)}${health}${statistics === 'frozen' ? '; statistics of normalisations frozen' : ''}`,
    ...rows.map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join('  '),
    ),
    ...(many
      ? [`and ${layer.classes.length - TOP} classes more, of lower scores (--json has all)`]
      : []),
    ...Object.entries(metrics).map(
      ([method, { l1, kendallTau }]) =>
        `${method}: L1 ${l1.toFixed(3)}, tau ${kendallTau.toFixed(3)}`,
    ),
  ];
}

import type { CamMethod } from '../src/core/cam/index.ts';
import type { Explanation, LayerExplanation, ModelInfo } from '../src/engine/types.ts';
import type { FindFiles } from './explain-files.ts';
import type { NetworkInput } from './input.ts';

/** The JSON document of `explain --json`. */
export function explainDocument(
  model: string,
  input: NetworkInput,
  explanation: Explanation,
  files: FindFiles,
) {
  const { layers } = explanation;
  return {
    model,
    backend: explanation.backend,
    input: { shape: input.shape, voxelSize: input.grid.voxelSize, steps: input.steps },
    scores: Array.from(explanation.scores),
    probabilities: Array.from(explanation.probabilities),
    predicted: explanation.predicted,
    layers: layers.map((layer) => layerDocument(layer, files)),
    metrics: Object.fromEntries(layers.map(({ name, metrics }) => [name, metrics])),
    ledger: Object.fromEntries(layers.map(({ name, ledger }) => [name, ledger])),
    timing: explanation.timing,
  };
}

function layerDocument(
  { name, shape, channels, kappa, classes }: LayerExplanation,
  files: FindFiles,
) {
  return {
    name,
    shape,
    channels,
    // Infinite where a channel adds up to exactly 0; JSON would write null.
    kappa: { ...kappa, max: Math.min(kappa.max, Number.MAX_VALUE) },
    classes: classes.map(({ index, score, methods }) => ({
      index,
      score,
      methods: Object.fromEntries(
        Object.entries(methods).map(([method, { sum, min, max }]) => [
          method,
          { sum, min, max, ...files(name, index, method as CamMethod) },
        ]),
      ),
    })),
  };
}

/** The same as text: one table for each layer. */
export function explainLines(info: ModelInfo, explanation: Explanation): string[] {
  const { predicted, probabilities, layers } = explanation;
  const answer = `${info.title} answers ${info.classes[predicted]} (${(100 * probabilities[predicted]).toFixed(1)}%).`;
  return [answer, ...layers.flatMap((layer) => ['', ...layerLines(info, layer)])];
}

function layerLines(
  info: ModelInfo,
  { name, shape, kappa, classes, ledger, metrics }: LayerExplanation,
) {
  const methods = Object.keys(classes[0].methods) as CamMethod[];
  const rows = [
    ['class', 'score', ...methods.map((method) => `sum ${method}`), 'biases', 'rest'],
    ...classes.map(({ index, score, methods: maps }, i) =>
      [
        info.classes[index],
        score,
        ...methods.map((method) => maps[method]!.sum),
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

import {
  CANCELLATION_LIMIT,
  type CamMethod,
  cancellation,
  rivalOf,
  type Specificity,
  specificity,
  sumsToScore,
} from '../src/core/cam/index.ts';
import type { Explanation, LayerExplanation } from '../src/engine/types.ts';

/** What is found in one map besides its sum. */
export interface MapFacts {
  /** `sum|L| / |sum L|`. */
  readonly cancellation: number;
  readonly specificity: Specificity;
}

/** The facts about a class's map at a layer. */
export type FactsOf = (layer: LayerExplanation, index: number, method: CamMethod) => MapFacts;

/** Classes whose maps the asked classes are compared with and that were not asked for. */
export function missingRivals({ scores, layers }: Explanation): number[] {
  const asked = new Set(layers[0]?.classes.map(({ index }) => index) ?? []);
  const rivals = [...asked].map((index) => rivalOf(scores, index));
  return [...new Set(rivals)].filter((rival) => rival !== null && !asked.has(rival)) as number[];
}

/** @param rivals answers about the same layers for the {@link missingRivals}, null when there are none */
export function mapFacts(explanation: Explanation, rivals: Explanation | null): FactsOf {
  const { scores } = explanation;
  return (layer, index, method) => {
    const rival = rivalOf(scores, index);
    const others = rivals?.layers.find(({ name }) => name === layer.name)?.classes ?? [];
    const find = (wanted: number | null) =>
      [...layer.classes, ...others].find((found) => found.index === wanted)?.methods[method];
    const map = find(index)!;
    return {
      cancellation: cancellation(map),
      specificity: specificity(map.data, find(rival)?.data, layer.activationSum),
    };
  };
}

/** What {@link MapFacts} say of the answer's maps at a layer, or of the first class asked for. */
export function factLines(
  layer: LayerExplanation,
  { predicted, scores }: Explanation,
  classes: readonly string[],
  factsOf: FactsOf,
): string[] {
  const shown = layer.classes.find(({ index }) => index === predicted) ?? layer.classes[0];
  const { index, methods } = shown;
  const rival = rivalOf(scores, index);
  const lines = (Object.keys(methods) as CamMethod[]).flatMap((method) => {
    const { activationSum, runnerUp } = factsOf(layer, index, method).specificity;
    const found = [
      [activationSum, 'the plain sum of activations (which knows no class)'],
      [runnerUp, rival === null ? '' : `its map of ${classes[rival]}`],
    ] as const;
    const said = found.flatMap(([value, what]) =>
      value === null ? [] : [`${value.toFixed(2)} with ${what}`],
    );
    return said.length > 0
      ? [`${method} map of ${classes[index]}: correlation ${said.join(', ')}`]
      : [];
  });
  const cancelling = layer.classes.some(({ index: c, methods: maps }) =>
    (Object.keys(maps) as CamMethod[]).some(
      (method) =>
        sumsToScore(method) && factsOf(layer, c, method).cancellation > CANCELLATION_LIMIT,
    ),
  );
  return cancelling
    ? [...lines, `! the sum hides cancellation: sum|L| is over ${CANCELLATION_LIMIT} times |sum L|`]
    : lines;
}

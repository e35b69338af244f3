import { CAM_METHODS, type CamMethod, methodRow } from '../core/cam/index.ts';
import type { ExplainRequest, Explanation, LayerExplanation } from '../engine/types.ts';
import { EAGER_METHODS, type MapChoice, mapIn, type MethodPair } from './explain.ts';

const isEager = (method: CamMethod) => EAGER_METHODS.some((eager) => eager === method);
const isOfLayer = (method: CamMethod) => methodRow(method).at === 'layer';

/** Distinguishes choices that need other maps beside the eager ones; empty for those that need none. */
export function moreKey(methods: MethodPair, classIndex: number | null): string {
  const more = CAM_METHODS.filter((method) => methods.includes(method) && !isEager(method));
  return more.every(isOfLayer) ? more.join() : `${more} of ${classIndex ?? 'the answer'}`;
}

/** The pair with eager methods in place of others. */
export function eagerPair([left, right]: MethodPair): MethodPair {
  return [isEager(left) ? left : 'grad', isEager(right) ? right : 'respond'];
}

/**
 * What is to be asked for the maps of a choice, null when they are there: methods of the layer of `all` classes where
 * these are explained at once, for their sums are compared; those of the input, which take passes of their own, of one.
 */
export function nextQuestion(
  result: Explanation,
  { methods, classIndex }: MapChoice,
  all: boolean,
): Pick<ExplainRequest, 'methods' | 'classes'> | null {
  const lacking = CAM_METHODS.filter(
    (method) => methods.includes(method) && !mapIn(result, method, classIndex),
  );
  const ofLayer = lacking.filter(isOfLayer);
  if (ofLayer.length > 0) return { methods: ofLayer, classes: all ? 'all' : [classIndex] };
  return lacking.length > 0 ? { methods: lacking, classes: [classIndex] } : null;
}

/** An explanation with the maps and metrics of a later one about the same volume and layer. */
export function withMaps(result: Explanation, more: Explanation): Explanation {
  const layers = [...result.layers];
  for (const layer of more.layers) {
    const at = layers.findIndex(({ name }) => name === layer.name);
    if (at < 0) layers.push(layer);
    else layers[at] = joined(layers[at], layer);
  }
  return { ...result, layers };
}

function joined(layer: LayerExplanation, more: LayerExplanation): LayerExplanation {
  const found = new Map(more.classes.map((row) => [row.index, row]));
  const known = layer.classes.map((row) => ({
    ...row,
    methods: { ...row.methods, ...found.get(row.index)?.methods },
  }));
  const own = new Set(layer.classes.map(({ index }) => index));
  const others = <T extends { readonly index: number }>(rows: readonly T[]) =>
    rows.filter(({ index }) => !own.has(index));
  return {
    ...layer,
    classes: [...known, ...others(more.classes)],
    ledger: [...layer.ledger, ...others(more.ledger)],
    metrics: { ...layer.metrics, ...more.metrics },
  };
}

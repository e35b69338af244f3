import { CAM_METHODS, type CamMethod, methodRow } from '../core/cam/index.ts';
import { headerPanels, isMapPanel, type Panel } from '../core/session/index.ts';
import type { ExplainRequest, Explanation, LayerExplanation } from '../engine/types.ts';
import { classOfPanel, EAGER_METHODS, type MapChoice, mapIn } from './explain.ts';

const isEager = (method: CamMethod) => EAGER_METHODS.some((eager) => eager === method);
const isOfLayer = (method: CamMethod) => methodRow(method).at === 'layer';

/** Distinguishes choices that need other maps beside the eager ones; empty for those that need none. */
export function moreKey(panels: readonly Panel[], classIndex: number | null, all: boolean): string {
  const more = headerPanels(panels).flatMap(({ method, overrides }) => {
    const ownClass = all && isOfLayer(method) ? undefined : overrides.classIndex;
    if (isEager(method) && ownClass === undefined) return [];
    const ofClass = ownClass ?? (isOfLayer(method) ? '' : (classIndex ?? 'the answer'));
    return [`${method} ${ofClass}`];
  });
  return [...new Set(more)].sort().join();
}

/** The panels with eager methods in place of others, of the class that is chosen. */
export function eagerPanels(panels: readonly Panel[]): Panel[] {
  return panels.map((panel, i) => {
    if (!isMapPanel(panel)) return panel;
    const { classIndex: _, ...overrides } = panel.overrides;
    const method = isEager(panel.method) ? panel.method : i === 0 ? 'grad' : 'respond';
    return { ...panel, method, overrides };
  });
}

/** A map that is asked for. */
export interface Wanted {
  readonly method: CamMethod;
  readonly classIndex: number;
}

/** The maps of a choice in the answer to what the header asks. */
export function wantedMaps(
  { panels, classIndex }: MapChoice,
  result: Pick<Explanation, 'scores'>,
): Wanted[] {
  return headerPanels(panels).map((panel) => ({
    method: panel.method,
    classIndex: classOfPanel(panel, classIndex, result),
  }));
}

/**
 * What is to be asked for the maps that are wanted, null when they are there: methods of the layer of `all` classes
 * where these are explained at once, for their sums are compared; those of the input, which take passes of their own,
 * of one class at a time.
 */
export function nextQuestion(
  result: Pick<Explanation, 'layers'>,
  wanted: readonly Wanted[],
  all: boolean,
): Pick<ExplainRequest, 'methods' | 'classes'> | null {
  const lacking = wanted.filter((one) => !mapIn(result, one.method, one.classIndex));
  const methodsOf = (some: readonly Wanted[]) =>
    CAM_METHODS.filter((method) => some.some((one) => one.method === method));
  const ofLayer = lacking.filter(({ method }) => isOfLayer(method));
  const classes = [...new Set(ofLayer.map(({ classIndex }) => classIndex))];
  if (ofLayer.length > 0) return { methods: methodsOf(ofLayer), classes: all ? 'all' : classes };
  if (lacking.length === 0) return null;
  const [{ classIndex }] = lacking;
  const ofClass = lacking.filter((one) => one.classIndex === classIndex);
  return { methods: methodsOf(ofClass), classes: [classIndex] };
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

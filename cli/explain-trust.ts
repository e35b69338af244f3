import { type CamMethod, rivalOf } from '../src/core/cam/index.ts';
import { type DomainFinding, isMeasured } from '../src/core/domain/index.ts';
import { type Mark, mapTrust, type TrustLine, trustLines } from '../src/core/trust/index.ts';
import type { Where } from '../src/core/where/index.ts';
import type { Explanation, LayerExplanation, ModelInfo } from '../src/engine/types.ts';
import type { FactsOf } from './explain-facts.ts';
import { type Place, whereOf } from './explain-where.ts';

/** What is known beside the maps. */
export interface TrustContext {
  readonly info: ModelInfo;
  /** What the numbers are called. */
  readonly names: readonly string[];
  readonly factsOf: FactsOf;
  readonly place: Place;
  readonly warnings: readonly DomainFinding[];
}

/** Whether the map of a class can be believed, check by check, in the app's words. */
export function trustIn(
  { scores }: Explanation,
  layer: LayerExplanation,
  index: number,
  method: CamMethod,
  where: Where,
  { info, names, factsOf, place, warnings }: TrustContext,
): TrustLine[] {
  const map = layer.classes.find((row) => row.index === index)!.methods[method]!;
  const rival = rivalOf(scores, index);
  return trustLines({
    ...mapTrust({ method, index, map, score: scores[index], layer }),
    ...{ where, unit: place.unit, domain: isMeasured(info) ? warnings : null },
    specificity: factsOf(layer, index, method).specificity,
    rival: rival === null ? null : names[rival],
  });
}

const SIGNS: Readonly<Record<Mark, string>> = { good: '', care: '~ ', bad: '! ', unknown: '? ' };

/** The same as text: one line for each map of a class. */
export function trustText(
  explanation: Explanation,
  index: number,
  context: TrustContext,
): string[] {
  const lines = explanation.layers.flatMap((layer) => {
    const { methods = {} } = layer.classes.find((row) => row.index === index) ?? {};
    return (Object.keys(methods) as CamMethod[]).map((method) => {
      const where = whereOf(methods[method]!, context.place);
      const checks = trustIn(explanation, layer, index, method, where, context);
      const said = checks.map(({ mark, text }) => `${SIGNS[mark]}${text}`);
      return `  ${method} at ${layer.name}: ${said.join('; ')}`;
    });
  });
  return lines.length === 0
    ? []
    : ['Can they be trusted? (! no, ~ with care, ? not known)', ...lines];
}

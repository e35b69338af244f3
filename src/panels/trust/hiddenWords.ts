import { METHODS } from '../../core/cam/index.ts';
import type { LengthUnit } from '../../core/volume/index.ts';
import { lengthIn } from '../../core/where/index.ts';
import type { Hidden, OcclusionTry } from '../../state/index.ts';

const WHAT: {
  readonly [K in Hidden['kind']]: (of: Extract<Hidden, { kind: K }>, unit: LengthUnit) => string;
} = {
  ball: ({ radius }, unit) => `a ball of ${lengthIn(radius, unit)} at the crosshair`,
  painted: () => 'what is painted',
  top: ({ share, method }) =>
    `the top ${Number((100 * share).toPrecision(3))}% of ${METHODS[method].name}`,
};

/** What the network was asked, e.g. "Without what is painted". */
export function hiddenWords({ hidden, only }: OcclusionTry, unit: LengthUnit): string {
  const what = (WHAT[hidden.kind] as (of: Hidden, unit: LengthUnit) => string)(hidden, unit);
  return only ? `Of ${what} alone` : `Without ${what}`;
}

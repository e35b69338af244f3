import { METHODS } from '../../core/cam/index.ts';
import type { Part } from '../../core/faithfulness/index.ts';
import { type LengthUnit, placeText } from '../../core/volume/index.ts';
import { lengthIn } from '../../core/where/index.ts';
import type { Hidden, OcclusionTry } from '../../state/index.ts';

const WHAT: {
  readonly [K in Hidden['kind']]: (
    hidden: Extract<Hidden, { kind: K }>,
    part: Extract<Part, { kind: K }>,
    unit: LengthUnit,
    picture: boolean,
  ) => string;
} = {
  ball: (_, { radius, centre }, unit, picture) =>
    `a ${picture ? 'disc' : 'ball'} of ${lengthIn(radius, unit)} at ${placeText(centre, unit)}`,
  painted: () => 'what was painted',
  top: ({ share, method }) =>
    `the top ${Number((100 * share).toPrecision(3))}% of ${METHODS[method].name}`,
};

/** What the network was asked, e.g. "Without what was painted". */
export function hiddenWords(
  { hidden, part, only }: OcclusionTry,
  unit: LengthUnit,
  picture: boolean,
): string {
  type Words = (hidden: Hidden, part: Part, unit: LengthUnit, picture: boolean) => string;
  const what = (WHAT[hidden.kind] as Words)(hidden, part, unit, picture);
  return only ? `Of ${what} alone` : `Without ${what}`;
}

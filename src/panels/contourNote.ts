import { formatSigned, formatValue } from '../core/color/index.ts';
import { type ShownMap, type SignChoice, statsOf } from '../state/index.ts';

/** A sentence when no contour of a map is reached on its grid; null when one is, or none is asked for. */
export function contourNote(
  { drawn, levels, limit, shared }: ShownMap,
  sign: SignChoice,
  name: string,
): string | null {
  const { min, max } = statsOf(drawn.data);
  const [lowest] = levels;
  if (lowest === undefined) return null;
  const reached = {
    positive: max >= lowest,
    negative: -min >= lowest,
    both: Math.max(max, -min) >= lowest,
  }[sign];
  if (reached) return null;
  const range = `it runs from ${formatSigned(min)} to ${formatSigned(max)}`;
  const at = { positive: '+', negative: '−', both: '±' }[sign] + formatValue(lowest);
  return shared
    ? `${name} reaches no contour on the shared scale (±${formatValue(limit)}): the lowest is ${at}, ${range}.`
    : `${name} reaches no contour: the lowest is ${at}, ${range}.`;
}

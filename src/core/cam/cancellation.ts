import type { CamMap } from './types.ts';

/** Above this ratio a map's sum says little about the map: most of what it holds cancels in it. */
export const CANCELLATION_LIMIT = 5;

/**
 * `sum|L| / |sum L|` of one map: 1 where it has one sign, large where what speaks for the class and
 * what speaks against it nearly cancel; Infinity for a sum of 0, and 1 for a map of zeros.
 */
export function cancellation({ data, sum }: Pick<CamMap, 'data' | 'sum'>): number {
  let magnitude = 0;
  for (let v = 0; v < data.length; v++) magnitude += Math.abs(data[v]);
  return magnitude === 0 ? 1 : Math.max(1, magnitude / Math.abs(sum));
}

/** From this ratio on a sum is the rounding of what cancels in it. */
const ROUNDING = 1e6;

/** The sum of a map as people read it: 0 where it is rounding alone. */
export function writtenSum(map: Pick<CamMap, 'data' | 'sum'>): number {
  return cancellation(map) > ROUNDING ? 0 : map.sum;
}

/** Whether {@link cancellation} is so large that the sum alone misleads. */
export function cancels(map: Pick<CamMap, 'data' | 'sum'>): boolean {
  return cancellation(map) > CANCELLATION_LIMIT;
}

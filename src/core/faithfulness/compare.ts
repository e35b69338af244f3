import { METHODS } from '../cam/methods.ts';
import type { CamMethod } from '../cam/types.ts';
import {
  curvesOf,
  endsOf,
  type Ends,
  type FaithfulnessCurves,
  type ScoresOf,
  type Seen,
} from './curves.ts';
import { BASELINE_ROWS, type Baseline, type VoxelOrder } from './orders.ts';

/** A method, or a baseline. */
export type Ranking = CamMethod | Baseline;

const NAMED: Readonly<Record<Ranking, { readonly name: string }>> = {
  ...METHODS,
  ...BASELINE_ROWS,
};

export const rankingName = (ranking: Ranking): string => NAMED[ranking].name;

export interface Faithfulness extends Ends {
  readonly curves: Readonly<Partial<Record<Ranking, FaithfulnessCurves>>>;
}

/** An order by name; made when its turn comes. */
export type NamedOrder = readonly [ranking: Ranking, order: () => VoxelOrder];

/** The curves of all orders of one input, one after the other. */
export async function compareOrders(
  seen: Seen,
  orders: readonly NamedOrder[],
  scoresOf: ScoresOf,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<Faithfulness> {
  const ends = await endsOf(seen, scoresOf);
  const curves: Partial<Record<Ranking, FaithfulnessCurves>> = {};
  for (const [i, [ranking, order]] of orders.entries()) {
    onProgress(i / orders.length);
    curves[ranking] = await curvesOf(seen, order(), ends, scoresOf);
  }
  onProgress(1);
  return { ...ends, curves };
}

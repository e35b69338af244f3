export {
  compareOrders,
  type Faithfulness,
  type NamedOrder,
  type Ranking,
  rankingName,
} from './compare.ts';
export {
  areaOf,
  type Curve,
  type Ends,
  type FaithfulnessCurves,
  type ScoresOf,
  type Seen,
  TAKEN_SHARES,
  without,
} from './curves.ts';
export {
  ballOf,
  hiding,
  paintStroke,
  type Part,
  type Stroke,
  voxelsOfPart,
} from './hide.ts';
export { markedCount, type Marks, marksOf, marksSchema, voxelsOf } from './marks.ts';
export {
  BASELINE_ROWS,
  BASELINES,
  type Baseline,
  type BaselineSource,
  baselineOrder,
  mapOrder,
  orderOf,
  type VoxelOrder,
} from './orders.ts';

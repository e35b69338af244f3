export {
  cosineSimilarity,
  nthLargest,
  ranks,
  spearman,
  TOP_SHARES,
  topOverlap,
  topVoxels,
} from './agreement.ts';
export {
  type Agreement,
  agreementOf,
  commonShape,
  differenceMap,
  MOST_RANKED,
  onGrid,
  type PlacedMap,
} from './compare.ts';

export {
  cosineSimilarity,
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
  onGrid,
  type PlacedMap,
} from './compare.ts';

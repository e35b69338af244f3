export { adam } from './adam';
export { conv, convScratchBytes } from './conv';
export { packFilter } from './filter';
export { filterGrad, filterGradScratchBytes, packVoxels } from './filter-grad';
export { gemm, gemmScratchBytes } from './gemm';
export { patchConv, patchFilterGrad, patchScratchBytes } from './patch';
export { multiplyColumns, multiplyRows } from './tile';
export {
  winograd,
  winogradFilter,
  winogradFilterScratchBytes,
  winogradScratchBytes,
} from './winograd';
export {
  winogradGradFilter,
  winogradGradProduct,
  winogradGradScratchBytes,
  winogradGradTileBytes,
  winogradGradTiles,
} from './winograd-grad';
export { avgPool, avgPoolGrad } from './in-place/avg-pool';
export { channelSums, finishMap, gradientSums, unsafeProducts, weightedMaps } from './in-place/cam';
export {
  channelDots,
  mixChannels,
  normalizeChannels,
  rectifiedDots,
  rectifiedMix,
} from './in-place/channels';
export { rowsTimes, rowsTimesTransposed } from './in-place/dense';
export { depthwise } from './in-place/depthwise';
export { add, fill, rectify, reluGrad } from './in-place/elementwise';
export { maxPool, maxPoolGrad } from './in-place/max-pool';
export { mixRows } from './in-place/mix';
export { copyRows } from './in-place/rows';
export { scatterBytes, scatterGrad } from './in-place/scatter';
export { partialSums, sumRows } from './in-place/sums';

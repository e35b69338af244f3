export { adam } from './adam';
export { conv, convScratchBytes, convTap } from './conv';
export { packFilter } from './filter';
export { filterGrad, filterGradScratchBytes, filterGradRun, packVoxels } from './filter-grad';
export { gemm, gemmScratchBytes, gemv } from './gemm';
export { patchConv, patchFilterGrad, patchScratchBytes } from './patch';
export {
  winograd,
  winogradFilter,
  winogradFilterScratchBytes,
  winogradProduct,
  winogradScratchBytes,
} from './winograd';
export {
  winogradGradFilter,
  winogradGradProduct,
  winogradGradScratchBytes,
  winogradGradTile,
  winogradGradTileBytes,
  winogradGradTiles,
} from './winograd-grad';

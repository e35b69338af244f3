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

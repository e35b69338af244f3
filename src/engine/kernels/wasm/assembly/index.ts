export { adam } from './adam';
export { conv, convScratchBytes, packFilter } from './conv';
export { filterGrad } from './filter-grad';
export { gemm, gemmScratchBytes, gemv } from './gemm';
export { patchConv, patchFilterGrad, patchScratchBytes } from './patch';
export { maxPool, maxPoolGrad } from './pool';
export { winograd, winogradFilter, winogradProduct, winogradScratchBytes } from './winograd';
export {
  winogradGradFilter,
  winogradGradProduct,
  winogradGradScratchBytes,
  winogradGradTile,
  winogradGradTileBytes,
  winogradGradTiles,
} from './winograd-grad';

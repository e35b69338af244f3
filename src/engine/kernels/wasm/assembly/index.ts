export { conv, convScratchBytes, packFilter } from './conv';
export { filterGrad } from './filter-grad';
export { gemm, gemmScratchBytes, gemv } from './gemm';
export { maxPool, maxPoolGrad } from './pool';
export {
  winograd,
  winogradFilter,
  winogradGradFilter,
  winogradGradProduct,
  winogradGradTiles,
  winogradScratchBytes,
} from './winograd';

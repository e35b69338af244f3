/** Kernels that work in the memory of tfjs's own module, one thread, nothing copied. */
export { maxPool, maxPoolGrad } from '../pool';
export { avgPool, avgPoolGrad } from './avg-pool';
export { channelSums, finishMap, gradientSums, unsafeProducts, weightedMaps } from './cam';
export { rowsTimes, rowsTimesTransposed } from './dense';
export { reluGrad, scaleShift } from './elementwise';
export { spreadBytes, spreadGrad } from './spread';
export { copyRows } from './rows';
export { sumRows } from './sums';

/** Kernels that work in the memory of tfjs's own module, one thread, nothing copied. */
export { maxPool, maxPoolGrad } from '../pool';
export { avgPool, avgPoolGrad } from './avg-pool';
export { channelSums, gradientSums, unsafeProducts, weightedMaps } from './cam';
export { rowsTimes, rowsTimesTransposed } from './dense';
export { reluGrad, scaleShift } from './elementwise';
export { fewChannelsBytes, fewChannelsGrad } from './few-channels';
export { copyRows } from './rows';
export { sumRows } from './sums';

/** Kernels that work in the memory of tfjs's own module, one thread, nothing copied. */
export { avgPool, avgPoolGrad } from './avg-pool';
export { channelSums, finishMap, gradientSums, unsafeProducts, weightedMaps } from './cam';
export {
  channelDots,
  mixChannels,
  normalizeChannels,
  rectifiedDots,
  rectifiedMix,
} from './channels';
export { depthwise } from './depthwise';
export { rowsTimes, rowsTimesTransposed } from './dense';
export { rectify, reluGrad } from './elementwise';
export { scatterBytes, scatterGrad } from './scatter';
export { maxPool, maxPoolGrad } from './max-pool';
export { mixRows } from './mix';
export { copyRows } from './rows';
export { sumRows } from './sums';

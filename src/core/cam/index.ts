export { CANCELLATION_LIMIT, cancellation, cancels } from './cancellation.ts';
export { type ChannelStats, channelStats, EPS, KAPPA_LIMIT, statsFromSums } from './channels.ts';
export { ledgerRow } from './ledger.ts';
export {
  type ChannelWeights,
  type ClassMaps,
  channelWeights,
  classMaps,
  type LayerGradient,
  weightsFromSums,
} from './maps.ts';
export { correlation, rivalOf, type Specificity, specificity } from './specificity.ts';
export { participationRatio } from './spread.ts';
export { CAM_METHODS, type CamMap, type CamMethod, type LedgerRow } from './types.ts';

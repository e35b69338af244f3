export { CANCELLATION_LIMIT, cancellation, cancels } from './cancellation.ts';
export { type ChannelStats, channelStats, EPS, KAPPA_LIMIT, statsFromSums } from './channels.ts';
export { ledgerRow } from './ledger.ts';
export {
  type ClassMaps,
  classMaps,
  type LayerArithmetic,
  type LayerGradient,
  mapsBy,
} from './maps.ts';
export { eachMethod, METHODS, type MethodRow } from './methods.ts';
export type { ChannelSums, Recipe } from './recipe.ts';
export { correlation, rivalOf, type Specificity, specificity } from './specificity.ts';
export { participationRatio } from './spread.ts';
export { CAM_METHODS, type CamMap, type CamMethod, type LedgerRow } from './types.ts';

export { CANCELLATION_LIMIT, cancellation, cancels, writtenSum } from './cancellation.ts';
export { type ChannelStats, channelStats, EPS, KAPPA_LIMIT, statsFromSums } from './channels.ts';
export type { GradientRow, InputGradient, InputRow, OcclusionRow } from './input-methods.ts';
export { inputMap, productMap } from './input-map.ts';
export type { LayerRow } from './layer-methods.ts';
export { ledgerRow } from './ledger.ts';
export {
  addProducts,
  type ClassMaps,
  classMaps,
  type LayerArithmetic,
  type LayerGradient,
  mapsBy,
  sumOver,
  toMap,
} from './maps.ts';
export {
  eachMethod,
  mapUnit,
  METHODS,
  type MethodRow,
  methodRow,
  type ProductRow,
  sumsToScore,
} from './methods.ts';
export { hidden, type Occlusion, occlusionMap, occlusions } from './occlusion.ts';
export { ITSELF, NOISY, PATH, type Points } from './points.ts';
export type { ChannelSums, Recipe } from './recipe.ts';
export { withoutMean } from './specific.ts';
export { correlation, rivalOf, type Specificity, specificity } from './specificity.ts';
export { participationRatio } from './spread.ts';
export type { MethodText } from './text.ts';
export {
  channelOf,
  type ChannelRow,
  channelRows,
  type LayerChannels,
  partialMap,
  WALK_METHODS,
  type WalkMethod,
} from './walk.ts';
export {
  CAM_METHODS,
  type CamMap,
  type CamMethod,
  INPUT_METHODS,
  type InputMethod,
  LAYER_METHODS,
  type LayerMethod,
  type LedgerRow,
} from './types.ts';

export { type ChannelStats, channelStats, EPS, KAPPA_LIMIT } from './channels.ts';
export { ledgerRow } from './ledger.ts';
export { type ClassMaps, channelWeights, classMaps, type LayerGradient } from './maps.ts';
export { CAM_METHODS, type CamMap, type CamMethod, type LedgerRow } from './types.ts';

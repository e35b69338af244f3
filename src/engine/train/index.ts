export { type Best, type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
export { initialize, type InitReport } from './init.ts';
export { type BatchSource, evaluate, type Rates } from './evaluate.ts';
export { train, type TrainRecord, type TrainResult } from './loop.ts';
export {
  buildNetwork,
  NETWORKS,
  type NetworkName,
  parameterCount,
  type TrainableNetwork,
} from './networks.ts';
export { modelFiles } from './save.ts';
export type { Batch } from './step.ts';

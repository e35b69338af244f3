export { applySteps } from './apply.ts';
export { readSteps } from './read.ts';
export type { PerChannel, Step } from './types.ts';
export { exportedSidecar, stepsWords, writtenSidecar } from './words.ts';

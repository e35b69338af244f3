export { applySteps } from './apply.ts';
export { readSteps } from './read.ts';
export type { PerChannel, Step } from './types.ts';
export { stepsWords, writtenSidecar } from './words.ts';

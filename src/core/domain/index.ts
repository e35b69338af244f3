export { domainCheck, type DomainQuestion } from './check.ts';
export { type DomainNetwork, inputFindings, isInDomain, isMeasured } from './findings.ts';
export { channelDistance } from './distance.ts';
export { inputFeatures } from './features.ts';
export { type DomainSample, measureDomain } from './measure.ts';
export { doubtOf } from './doubt.ts';
export type {
  DomainFinding,
  InputFeatures,
  Range,
  Remedy,
  TrainingDomain,
} from './types.ts';
export { trainingSchema } from './schema.ts';

export { compareReplies, cosineOf } from './compare.ts';
export { askingNetwork, readingScope } from './network.ts';
export { counterfactualsOf } from './rows.ts';
export { answerWords, counterfactualSentence, readingLabel, whatIfSummary } from './words.ts';
export type {
  Counterfactual,
  Difference,
  Mistake,
  Reading,
  Reply,
  Situation,
  Tried,
} from './types.ts';
export { type Host, tryReadings, type WhatIf } from './try.ts';

export type * from './types.ts';
export { type Parity, parity, parityText } from './parity.ts';
export { TARGET_WORDS, type TargetWords } from './words.ts';

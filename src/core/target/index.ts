export type * from './types.ts';
export { targetCount } from './count.ts';
export { targetKey } from './key.ts';
export { type Parity, parity, parityText } from './parity.ts';
export { TARGET_WORDS, type TargetWords } from './words.ts';

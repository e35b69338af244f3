export type * from './types.ts';
export { TARGET_WORDS, type TargetWords } from './words.ts';

export type * from './types.ts';
export { targetCount } from './count.ts';
export { insideRegion } from './inside.ts';
export { targetKey } from './key.ts';
export { compareOutput, OUTPUT_ALONE, type Parity, parityText } from './parity.ts';
export { TARGET_WORDS, targetKindsOf, type TargetWords } from './words.ts';

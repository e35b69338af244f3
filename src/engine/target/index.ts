export { targetKey as aimKeyOf, TARGETS } from './rows.ts';
export type * from './types.ts';

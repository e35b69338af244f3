export { targetKey as aimKeyOf, TARGETS } from './rows.ts';

export { type Mean, MeansOf, shuffled } from './means.ts';
export { type Answer, type Recognised, recognised } from './recognised.ts';

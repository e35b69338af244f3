export { AlignedMean } from './average.ts';

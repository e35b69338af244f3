export { AlignedMean } from './average.ts';
export { turnedMap } from './turned.ts';

export { claimedMrcBytes, looksLikeMrc, planMrc, type ReadMrcOptions, readMrc } from './read.ts';
export { fitsHalf, type WriteMrcOptions, writeMrc } from './write.ts';

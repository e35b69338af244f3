export { claimedMrcBytes, looksLikeMrc, planMrc, type ReadMrcOptions, readMrc } from './read.ts';
export { type WriteMrcOptions, writeMrc } from './write.ts';

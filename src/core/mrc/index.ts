export {
  claimedMrcBytes,
  inspectMrc,
  looksLikeMrc,
  type ReadMrcOptions,
  readMrc,
} from './read.ts';
export { type WriteMrcOptions, writeMrc } from './write.ts';

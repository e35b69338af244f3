export { looksLikeNpy } from './header.ts';
export { claimedNpyBytes, type NpyArray, readNpy } from './read.ts';
export { writeNpy } from './write.ts';

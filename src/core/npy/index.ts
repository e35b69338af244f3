export { looksLikeNpy, npyShape } from './header.ts';
export { planNpy } from './plan.ts';
export { claimedNpyBytes, type NpyArray, readNpy } from './read.ts';
export { writeNpy } from './write.ts';

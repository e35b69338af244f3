export { below, rangeOf, servedZarr, type FileRange, type ZarrFiles, zippedZarr } from './files.ts';
export { ACCEPTED_ZARR } from './metadata.ts';
export { openZarr } from './open.ts';
export { zarrRoot } from './root.ts';

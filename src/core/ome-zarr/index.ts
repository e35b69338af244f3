export { below, rangeOf, type FileRange, type ZarrFiles, zarrRoot, zippedZarr } from './files.ts';
export { ACCEPTED_ZARR } from './metadata.ts';
export { openZarr } from './open.ts';

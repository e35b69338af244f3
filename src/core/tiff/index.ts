export { looksLikeTiff } from './directory.ts';
export { decodeTiff, isTiffPicture, openTiff, tiffClaim } from './read.ts';

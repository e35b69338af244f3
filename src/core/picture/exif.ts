import { looksLikeTiff, readDirectories } from '../tiff/directory.ts';

const ORIENTATION = 274;

/** The orientation that the EXIF block of a JPEG gives, 1 (upright) to 8; 1 where it has none. */
export function jpegOrientation(bytes: Uint8Array): number {
  const word = (at: number) => (bytes[at] << 8) | bytes[at + 1];
  for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda) break;
    const length = Math.max(2, word(at + 2));
    const block = bytes.subarray(at + 4, at + 2 + length);
    const isExif = String.fromCharCode(...block.subarray(0, 6)) === 'Exif\0\0';
    if (marker === 0xe1 && isExif && looksLikeTiff(block.subarray(6)))
      return orientationOf(block.slice(6));
    at += 2 + length;
  }
  return 1;
}

function orientationOf(block: Uint8Array): number {
  try {
    const [found = 1] = readDirectories(block).directories[0].numbers(ORIENTATION);
    return found >= 1 && found <= 8 ? found : 1;
  } catch {
    // A damaged note does not make the picture unreadable.
    return 1;
  }
}

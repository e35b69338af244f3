import { looksLikeZip, readZip } from '../zip.ts';

/** First bytes of files before PyTorch 1.6: the pickled magic number 0x1950a86a20f9469cfc6c. */
export const LEGACY_MAGIC: readonly number[] = [
  0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
];

export const looksLikeLegacyTorch = (bytes: Uint8Array) =>
  LEGACY_MAGIC.every((byte, i) => bytes[i] === byte);

/** Whether a file is one of `torch.save`, by what is in it. */
export function looksLikeTorch(bytes: Uint8Array): boolean {
  if (looksLikeLegacyTorch(bytes)) return true;
  if (!looksLikeZip(bytes)) return false;
  try {
    return [...readZip(bytes, '', '').keys()].some((name) => /(^|\/)data\.pkl$/.test(name));
  } catch {
    // A damaged archive: its name decides whose sentence it gets.
    return false;
  }
}

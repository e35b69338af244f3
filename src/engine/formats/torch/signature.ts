import type { Stored } from '../../model/stored.ts';
import { looksLikeZip, readZip } from '../zip.ts';

/** What files before PyTorch 1.6 begin with, pickled: 0x1950a86a20f9469cfc6c, and the end of the pickle. */
const LEGACY_MAGIC = [
  0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
] as const;

const [PROTO, FRAME] = [0x80, 0x95];

/** Bytes that a file is recognised by. */
export const LEGACY_HEAD = 11 + LEGACY_MAGIC.length;

/** How long the pickled number is, of protocol 2 or of 4 and 5 with a frame around it; 0 for other files. */
export function legacyStart(bytes: Uint8Array): number {
  if (bytes[0] !== PROTO || bytes[1] < 2 || bytes[1] > 5) return 0;
  const at = bytes[2] === FRAME ? 11 : 2;
  return LEGACY_MAGIC.every((byte, i) => bytes[at + i] === byte) ? at + LEGACY_MAGIC.length : 0;
}

/** Whether a file is one of `torch.save`, by what is in it. */
export function looksLikeTorch(head: Uint8Array, file: Stored): boolean {
  if (legacyStart(head) > 0) return true;
  if (!looksLikeZip(head)) return false;
  try {
    return [...readZip(file, '', '').keys()].some((name) => /(^|\/)data\.pkl$/.test(name));
  } catch {
    // A damaged archive: its name decides whose sentence it gets.
    return false;
  }
}

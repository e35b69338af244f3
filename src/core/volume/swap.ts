type WordBytes = 1 | 2 | 4 | 8;

/** A copy with the bytes of every `width`-byte word reversed. */
function swapped(raw: Uint8Array, width: WordBytes): Uint8Array {
  const out = new Uint8Array(raw.length);
  for (let i = 0; i + width <= raw.length; i += width) {
    for (let k = 0; k < width; k++) out[i + k] = raw[i + width - 1 - k];
  }
  return out;
}

/**
 * The bytes in the order of this machine (little-endian, as of every browser) and aligned to
 * `width`: a view where that is what `raw` is, else one copy.
 */
export function nativeBytes(raw: Uint8Array, width: WordBytes, littleEndian: boolean): Uint8Array {
  if (!littleEndian && width > 1) return swapped(raw, width);
  return raw.byteOffset % width === 0 ? raw : new Uint8Array(raw);
}

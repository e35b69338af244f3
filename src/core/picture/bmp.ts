import { tooLittle } from './claims.ts';
import type { Picture } from './types.ts';

/** Bytes of the file header and the smallest header of a picture behind it. */
const HEADERS = 14 + 40;

/**
 * Decodes an uncompressed BMP of 8 bits with a palette, 24 or 32 bits, either way up. Throws a sentence when it is
 * another kind, damaged or cut off.
 */
export function decodeBmp(bytes: Uint8Array): Picture {
  if (bytes.length < HEADERS) throw new Error('its header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  const rows = view.getInt32(22, true);
  const depth = view.getUint16(28, true);
  const packing = view.getUint32(30, true);
  const height = Math.abs(rows);
  if (width <= 0 || height === 0 || headerBytes < 40) throw new Error('its header is damaged');
  // Packing 3 says which bits are which colour; those of 32-bit files are the usual ones.
  const plain = packing === 0 || (packing === 3 && depth === 32);
  if (!plain || ![8, 24, 32].includes(depth)) {
    throw new Error(`it is a compressed BMP or one of ${depth} bits`);
  }
  const rowBytes = 4 * Math.ceil((width * depth) / 32);
  if (start + rowBytes * height > bytes.length) throw new Error(tooLittle({ width, height }));
  const palette = 14 + headerBytes;
  const planes = [0, 1, 2].map(() => new Float32Array(width * height));
  const step = depth / 8;
  for (let y = 0; y < height; y++) {
    const line = start + rowBytes * (rows < 0 ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const pixel = line + x * step;
      const at = depth === 8 ? palette + 4 * bytes[pixel] : pixel;
      if (at + 2 >= bytes.length) throw new Error('its palette is cut off');
      for (let c = 0; c < 3; c++) planes[c][y * width + x] = bytes[at + 2 - c];
    }
  }
  return { width, height, planes };
}

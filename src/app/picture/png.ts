import { badInput } from '../../core/errors.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of PNG (ISO 3309). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** One uncompressed international text chunk (PNG specification 11.3.3.4). */
function textChunk(keyword: string, text: string): Uint8Array {
  const encoder = new TextEncoder();
  const key = encoder.encode(keyword);
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(keyword) || key.length > 79) {
    throw badInput(`"${keyword}" cannot name a PNG text; accepted: 1 to 79 printable characters.`);
  }
  // Keyword, 0, not compressed, method 0, no language, no translated keyword.
  const data = [...encoder.encode('iTXt'), ...key, 0, 0, 0, 0, 0, ...encoder.encode(text)];
  const chunk = new Uint8Array(4 + data.length + 4);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length - 4);
  chunk.set(data, 4);
  view.setUint32(4 + data.length, crc32(chunk.subarray(4, 4 + data.length)));
  return chunk;
}

/**
 * A PNG file with texts added right after its header.
 * @throws AppError `bad-input` when `png` is not a PNG file or a keyword is not allowed
 */
export function withTexts(
  png: Uint8Array,
  texts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  if (SIGNATURE.some((byte, i) => png[i] !== byte)) {
    throw badInput('Texts can only be added to a PNG picture; these bytes are something else.');
  }
  const header = SIGNATURE.length + 4 + 4 + 13 + 4;
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, png.length));
  out.set(png.subarray(0, header));
  let at = header;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  out.set(png.subarray(header), at);
  return out;
}

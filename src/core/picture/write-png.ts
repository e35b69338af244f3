import { joinBytes } from '../bytes.ts';
import { strToU8, zlibSync } from 'fflate';
import { badInput } from '../errors.ts';
import { crc32 } from '../volume/compression/crc.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_END = SIGNATURE.length + 4 + 4 + 13 + 4;

/** One chunk of a PNG file. */
export interface PngChunk {
  /** Four letters (PNG specification 5.4). */
  readonly type: string;
  readonly data: Uint8Array;
}

/** A PNG file of 8 bits for each of red, green, blue and opacity, the top row first. */
export function encodePng(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 6], 8);
  const row = 4 * width;
  const lines = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) {
    lines.set(rgba.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  }
  return joinBytes([
    new Uint8Array(SIGNATURE),
    chunkBytes({ type: 'IHDR', data: header }),
    chunkBytes({ type: 'IDAT', data: zlibSync(lines) }),
    chunkBytes({ type: 'IEND', data: new Uint8Array() }),
  ]);
}

/**
 * A PNG file with chunks added right after its header.
 * @throws AppError `bad-input` when `png` is not a PNG file
 */
export function withChunks(png: Uint8Array, chunks: readonly PngChunk[]): Uint8Array<ArrayBuffer> {
  assertPng(png);
  return joinBytes([
    png.subarray(0, HEADER_END),
    ...chunks.map(chunkBytes),
    png.subarray(HEADER_END),
  ]);
}

/** An uncompressed international text (PNG specification 11.3.3.4). */
export function textChunk(keyword: string, text: string): PngChunk {
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(keyword) || keyword.length > 79) {
    throw badInput(`"${keyword}" cannot name a PNG text; accepted: 1 to 79 printable characters.`);
  }
  // Keyword, 0, not compressed, method 0, no language, no translated keyword.
  const head = strToU8(`${keyword}\0\0\0\0\0`);
  return { type: 'iTXt', data: joinBytes([head, strToU8(text)]) };
}

/** The size of a pixel in print (PNG specification 11.3.4.3). */
export function sizeChunk(dotsPerInch: number): PngChunk {
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  const perMetre = Math.round(dotsPerInch / 0.0254);
  view.setUint32(0, perMetre);
  view.setUint32(4, perMetre);
  data[8] = 1;
  return { type: 'pHYs', data };
}

/** The first chunk of a type; null where a file has none, is no PNG, or is cut off before it. */
export function findChunk(png: Uint8Array, type: string): Uint8Array | null {
  if (SIGNATURE.some((byte, i) => png[i] !== byte)) return null;
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = SIGNATURE.length; at + 12 <= png.length; ) {
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > png.length) return null;
    const found = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (found === type) {
      const whole = crc32(png.subarray(at + 4, end)) === view.getUint32(end);
      return whole ? png.subarray(at + 8, end) : null;
    }
    at = end + 4;
  }
  return null;
}

function assertPng(png: Uint8Array): void {
  if (SIGNATURE.some((byte, i) => png[i] !== byte)) {
    throw badInput('Texts can only be added to a PNG picture; these bytes are something else.');
  }
}

function chunkBytes({ type, data }: PngChunk): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) chunk[4 + i] = type.charCodeAt(i);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

import { fromHalves } from '../volume/half.ts';
import type { NumberArray } from '../volume/stats.ts';
import { nativeBytes } from '../volume/swap.ts';
import type { Page, SampleFormat } from './page.ts';
import { UNPACK } from './unpack.ts';

/** Deflate and LZW give at most so many bytes for one; images of one value do. */
const MAX_EXPANSION = 1400;

/** Bytes that the samples of an image take, unpacked, each row whole. */
export function pageBytes({ width, height, samples, bits }: Page): number {
  return height * samples * Math.ceil((width * bits) / 8);
}

/** Throws a sentence where the data of images cannot be what their headers claim. */
export function checkPages(pages: readonly Page[], fileBytes: number): void {
  let packed = 0;
  for (const page of pages) {
    const { width, height, planar, samples, chunks } = page;
    const across = Math.ceil(width / chunks.width);
    const pieces = across * Math.ceil(height / chunks.height) * (planar ? samples : 1);
    if (chunks.offsets.length < pieces) throw new Error('its header is damaged');
    const own = chunks.bytes.reduce((a, b) => a + b, 0);
    packed += own;
    const whole = pageBytes(page);
    // The last tiles of a row and column are stored whole.
    const tile = (chunks.width * chunks.height * samples * page.bits) / 8;
    const least = page.packing === 'none' ? whole : whole / MAX_EXPANSION;
    if (least > own + 1024 || tile > 4 * whole + 2 ** 20)
      throw new Error(`its header claims ${width} x ${height} pixels, more than its data can hold`);
  }
  if (packed > fileBytes)
    throw new Error('its data is cut off, or parts of it lie over each other');
}

/**
 * The samples of an image, plane by plane: `[samples][height * width]`, as they are stored. Throws a sentence when
 * they are damaged.
 */
export function decodePage(
  bytes: Uint8Array,
  page: Page,
  littleEndian: boolean,
): readonly NumberArray[] {
  const { width, height, samples, bits, planar, chunks, predictor, format, packing } = page;
  const ofPixel = planar ? 1 : samples;
  const planes = Array.from({ length: samples }, () => numbers(format, bits, width * height));
  const rowBytes = Math.ceil((chunks.width * ofPixel * bits) / 8);
  const across = Math.ceil(width / chunks.width);
  const down = Math.ceil(height / chunks.height);
  const piece = new Uint8Array(rowBytes * chunks.height);
  for (let i = 0; i < across * down * (planar ? samples : 1); i++) {
    const left = (i % across) * chunks.width;
    const top = (Math.floor(i / across) % down) * chunks.height;
    const plane = Math.floor(i / (across * down));
    // The last strip ends with the image; tiles are stored whole.
    const rows = chunks.tiled ? chunks.height : Math.min(chunks.height, height - top);
    const from = chunks.offsets[i];
    const packed = bytes.subarray(from, from + chunks.bytes[i]);
    const used = piece.subarray(0, rowBytes * rows);
    if (packed.length < chunks.bytes[i] || UNPACK[packing](packed, used) < used.length)
      throw new Error('its data is cut off');
    if (predictor === 3) undoFloatDifferences(used, rowBytes, ofPixel, bits / 8);
    const width8 = bits > 8 ? ((bits / 8) as 2 | 4 | 8) : 1;
    const native = nativeBytes(used, width8, littleEndian || predictor === 3);
    const row = valuesOf(native, page, chunks.width * ofPixel);
    if (predictor === 2) undoDifferences(row, chunks.width * ofPixel, ofPixel);
    const columns = Math.min(chunks.width, width - left);
    for (let y = 0; y < Math.min(rows, height - top); y++) {
      for (let s = 0; s < ofPixel; s++) {
        const into = planes[planar ? plane : s];
        let at = y * chunks.width * ofPixel + s;
        const to = (top + y) * width + left;
        for (let x = 0; x < columns; x++, at += ofPixel) into[to + x] = row[at];
      }
    }
  }
  return planes;
}

function numbers(format: SampleFormat, bits: number, length: number): NumberArray {
  if (format === 'float') return bits === 64 ? new Float64Array(length) : new Float32Array(length);
  if (format === 'signed')
    return new { 8: Int8Array, 16: Int16Array, 32: Int32Array }[bits as 8 | 16 | 32](length);
  if (bits <= 8) return new Uint8Array(length);
  return bits === 16 ? new Uint16Array(length) : new Uint32Array(length);
}

/** The numbers in rows of `perRow`, each of which begins with a byte, in the byte order of this machine. */
function valuesOf(raw: Uint8Array, { format, bits }: Page, perRow: number): NumberArray {
  if (bits < 8) return unpackBits(raw, bits, perRow);
  // A copy where the numbers would lie across others.
  const buffer = raw.slice().buffer;
  if (format === 'float') {
    if (bits === 64) return new Float64Array(buffer);
    if (bits === 32) return new Float32Array(buffer);
    return fromHalves(new Uint16Array(buffer));
  }
  if (format === 'signed')
    return new { 8: Int8Array, 16: Int16Array, 32: Int32Array }[bits as 8 | 16 | 32](buffer);
  if (bits === 8) return new Uint8Array(buffer);
  return bits === 16 ? new Uint16Array(buffer) : new Uint32Array(buffer);
}

function unpackBits(raw: Uint8Array, bits: number, perRow: number): Uint8Array {
  const rowBytes = Math.ceil((perRow * bits) / 8);
  const rows = raw.length / rowBytes;
  const out = new Uint8Array(rows * perRow);
  const mask = 2 ** bits - 1;
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < perRow; i++) {
      const bit = i * bits;
      const byte = raw[row * rowBytes + (bit >> 3)];
      out[row * perRow + i] = (byte >> (8 - bits - (bit & 7))) & mask;
    }
  return out;
}

/** Each number is stored less the one of its kind before it in the row; wraps as its type does. */
function undoDifferences(values: NumberArray, perRow: number, samples: number): void {
  for (let row = 0; row < values.length; row += perRow)
    for (let i = samples; i < perRow; i++) values[row + i] += values[row + i - samples];
}

/** Adobe's predictor 3: the bytes of a row's floats sorted by their weight, the highest first, and as differences. */
function undoFloatDifferences(
  bytes: Uint8Array,
  rowBytes: number,
  samples: number,
  width: number,
): void {
  const count = rowBytes / width;
  const row = new Uint8Array(rowBytes);
  for (let start = 0; start < bytes.length; start += rowBytes) {
    for (let i = samples; i < rowBytes; i++) bytes[start + i] += bytes[start + i - samples];
    row.set(bytes.subarray(start, start + rowBytes));
    for (let i = 0; i < count; i++)
      for (let byte = 0; byte < width; byte++)
        bytes[start + i * width + byte] = row[(width - 1 - byte) * count + i];
  }
}

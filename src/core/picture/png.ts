import { Unzlib } from 'fflate';
import { crc32 } from '../volume/compression/crc.ts';
import { type PngClaim, pngClaim } from './claims.ts';
import type { Picture } from './types.ts';

/** Bytes that are inflated at a time: what they may become is bounded with them. */
const PIECE = 1 << 14;

/** The seven passes of Adam7: first column and row, and the steps between them. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * Decodes a PNG of any colour type and depth. 16-bit samples become 0..255 with fractions; transparency is left
 * out. Follows the PNG specification, third edition; written here because its data is inflated no further than
 * the header's size. Throws a sentence when it is damaged.
 */
export function decodePng(bytes: Uint8Array): Picture {
  const claim = pngClaim(bytes);
  const { width, height, depth, colour, samples, interlaced } = claim;
  const passes = (interlaced ? PASSES : ([[0, 0, 1, 1]] as const))
    .map(([x, y, dx, dy]) => ({
      ...{ x, y, dx, dy },
      columns: Math.ceil((width - x) / dx),
      rows: Math.ceil((height - y) / dy),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const rowBytes = (columns: number) => Math.ceil((columns * samples * depth) / 8);
  const total = passes.reduce((sum, { columns, rows }) => sum + rows * (1 + rowBytes(columns)), 0);
  const { data, palette } = contentOf(bytes, total);
  if (colour === 3 && palette.length === 0) throw new Error('it has no palette');

  const colours = colour === 0 || colour === 4 ? 1 : 3;
  const planes = Array.from({ length: colours }, () => new Float32Array(width * height));
  const pixelBytes = Math.ceil((samples * depth) / 8);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows } of passes) {
    const length = rowBytes(columns);
    let above: Uint8Array = new Uint8Array(length);
    for (let row = 0; row < rows; row++) {
      const line = data.subarray(at + 1, at + 1 + length);
      unfilter(data[at], line, above, pixelBytes);
      at += 1 + length;
      above = line;
      for (let column = 0; column < columns; column++) {
        const to = (y + row * dy) * width + x + column * dx;
        putPixel(line, column * samples, claim, palette, planes, to);
      }
    }
  }
  return { width, height, planes };
}

function putPixel(
  line: Uint8Array,
  sample: number,
  { depth, colour }: PngClaim,
  palette: Uint8Array,
  planes: readonly Float32Array[],
  to: number,
): void {
  if (colour === 3) {
    const entry = 3 * sampleAt(line, sample, depth);
    for (let c = 0; c < 3; c++) planes[c][to] = palette[entry + c] ?? 0;
    return;
  }
  const scale = 255 / (2 ** depth - 1);
  for (let c = 0; c < planes.length; c++) planes[c][to] = scale * sampleAt(line, sample + c, depth);
}

function sampleAt(line: Uint8Array, sample: number, depth: number): number {
  if (depth === 8) return line[sample];
  if (depth === 16) return (line[2 * sample] << 8) | line[2 * sample + 1];
  const bit = sample * depth;
  return (line[bit >> 3] >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}

/** Undoes the filter of a line in place. */
function unfilter(kind: number, line: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  if (kind > 4) throw new Error('a line of it has no known filter');
  for (let i = 0; kind > 0 && i < line.length; i++) {
    const left = i < pixelBytes ? 0 : line[i - pixelBytes];
    const up = above[i];
    if (kind === 1) line[i] += left;
    else if (kind === 2) line[i] += up;
    else if (kind === 3) line[i] += (left + up) >> 1;
    else line[i] += paeth(left, up, i < pixelBytes ? 0 : above[i - pixelBytes]);
  }
}

/** The neighbour that is nearest to `left + up - corner`. */
function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** The inflated lines, `total` bytes, and the palette. */
function contentOf(bytes: Uint8Array, total: number) {
  const data = new Uint8Array(total);
  let filled = 0;
  const inflate = new Unzlib((part) => {
    const taken = part.subarray(0, total - filled);
    data.set(taken, filled);
    filled += taken.length;
  });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let palette = new Uint8Array(0);
  for (let at = 33; at + 12 <= bytes.length && filled < total; ) {
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) throw new Error('it is cut off');
    const chunk = bytes.subarray(at + 8, at + 8 + length);
    const checked = kind === 'PLTE' || kind === 'IDAT';
    if (
      checked &&
      crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)
    )
      throw new Error('its data is damaged');
    if (kind === 'PLTE') palette = chunk.slice();
    for (let from = 0; kind === 'IDAT' && from < chunk.length && filled < total; from += PIECE) {
      inflate.push(chunk.subarray(from, from + PIECE));
    }
    at += 12 + length;
  }
  if (filled < total) throw new Error('it is cut off');
  return { data, palette };
}

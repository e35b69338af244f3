import { BZIP2_CRC_TABLE } from './crc.ts';
import { NotRead, type Sink } from './sink.ts';

/** Bits of a byte array, most significant first. */
class BitReader {
  private at = 0;
  private buffer = 0;
  private held = 0;
  constructor(private readonly bytes: Uint8Array) {}

  /** Up to 24 bits, without taking them; beyond the end come zeros. */
  peek(count: number): number {
    while (this.held < count) {
      if (this.at >= this.bytes.length + 4) throw new Error('the stream ends too early');
      const next = this.at < this.bytes.length ? this.bytes[this.at] : 0;
      this.at++;
      this.buffer = (this.buffer << 8) | next;
      this.held += 8;
    }
    return (this.buffer >>> (this.held - count)) & ((1 << count) - 1);
  }

  take(count: number): void {
    this.held -= count;
  }

  /** Takes up to 24 bits. */
  bits(count: number): number {
    const value = this.peek(count);
    this.held -= count;
    return value;
  }

  word(): number {
    return ((this.bits(16) << 16) | this.bits(16)) >>> 0;
  }

  /** Skips to the next whole byte. */
  align(): void {
    this.held -= this.held % 8;
  }

  /** Whole bytes not yet read. */
  get left(): number {
    return this.bytes.length - this.at + (this.held >> 3);
  }

  get fraction(): number {
    return this.at / this.bytes.length;
  }
}

const MAX_LENGTH = 20;
const GROUP = 50;

/** Canonical Huffman decoding tables of one coding group. */
interface Huffman {
  /** Per code length: one past its largest code, shifted to the top of `MAX_LENGTH` bits. */
  readonly limit: Int32Array;
  /** Per code length: what to add to a code to get its place in `symbols`. */
  readonly offset: Int32Array;
  readonly symbols: Uint16Array;
}

function huffman(lengths: Uint8Array): Huffman {
  const limit = new Int32Array(MAX_LENGTH + 1);
  const offset = new Int32Array(MAX_LENGTH + 1);
  const symbols = new Uint16Array(lengths.length);
  const counts = new Uint16Array(MAX_LENGTH + 1);
  for (const length of lengths) counts[length]++;
  let code = 0;
  let index = 0;
  for (let length = 1; length <= MAX_LENGTH; length++) {
    offset[length] = index - code;
    index += counts[length];
    code += counts[length];
    limit[length] = code * 2 ** (MAX_LENGTH - length);
    code *= 2;
  }
  // Symbols in the order of their codes: by length, then by number.
  const next = new Uint16Array(MAX_LENGTH + 1);
  for (let length = 1; length < MAX_LENGTH; length++)
    next[length + 1] = next[length] + counts[length];
  lengths.forEach((length, symbol) => {
    symbols[next[length]++] = symbol;
  });
  return { limit, offset, symbols };
}

function symbolOf(reader: BitReader, { limit, offset, symbols }: Huffman): number {
  const bits = reader.peek(MAX_LENGTH);
  for (let length = 1; length <= MAX_LENGTH; length++) {
    if (bits < limit[length]) {
      reader.take(length);
      return symbols[(bits >>> (MAX_LENGTH - length)) + offset[length]];
    }
  }
  throw new Error('a Huffman code is invalid');
}

/** Which of the 256 byte values a block uses, in order. */
function usedBytes(reader: BitReader): number[] {
  const rows = reader.bits(16);
  const used: number[] = [];
  for (let row = 0; row < 16; row++) {
    if (!(rows & (0x8000 >> row))) continue;
    const columns = reader.bits(16);
    for (let column = 0; column < 16; column++) {
      if (columns & (0x8000 >> column)) used.push(row * 16 + column);
    }
  }
  if (used.length === 0) throw new Error('a block uses no bytes');
  return used;
}

/** Which of the Huffman tables each group of 50 symbols uses (move-to-front coded). */
function selectorsOf(reader: BitReader, tables: number): Uint8Array {
  const selectors = new Uint8Array(reader.bits(15));
  const order = Array.from({ length: tables }, (_, i) => i);
  for (let i = 0; i < selectors.length; i++) {
    let position = 0;
    while (reader.bits(1)) {
      if (++position >= tables) throw new Error('a table selector is invalid');
    }
    order.unshift(...order.splice(position, 1));
    selectors[i] = order[0];
  }
  return selectors;
}

/** Code lengths of one table (delta coded). */
function codeLengths(reader: BitReader, symbols: number): Uint8Array {
  const lengths = new Uint8Array(symbols);
  let length = reader.bits(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    while (reader.bits(1)) length += reader.bits(1) ? -1 : 1;
    if (length < 1 || length > MAX_LENGTH) throw new Error('a code length is invalid');
    lengths[symbol] = length;
  }
  return lengths;
}

/** Undoes Huffman, zero-run and move-to-front coding; fills `block` and returns its length. */
function readSymbols(reader: BitReader, block: Uint32Array): number {
  const bytes = usedBytes(reader);
  const end = bytes.length + 1;
  const tableCount = reader.bits(3);
  if (tableCount < 2 || tableCount > 6) throw new Error('the number of tables is invalid');
  const selectors = selectorsOf(reader, tableCount);
  const tables = Array.from({ length: tableCount }, () => huffman(codeLengths(reader, end + 1)));

  let length = 0;
  let run = 0;
  let weight = 1;
  for (let decoded = 0; ; decoded++) {
    const selector = Math.floor(decoded / GROUP);
    if (selector >= selectors.length) throw new Error('a block has too few selectors');
    const symbol = symbolOf(reader, tables[selectors[selector]]);
    if (symbol <= 1) {
      // runs of the front byte, in bijective base 2
      run += weight << symbol;
      weight <<= 1;
      if (run > block.length - length) throw new Error('a block is too long');
      continue;
    }
    block.fill(bytes[0], length, length + run);
    length += run;
    run = 0;
    weight = 1;
    if (symbol === end) return length;
    if (length >= block.length) throw new Error('a block is too long');
    const [byte] = bytes.splice(symbol - 1, 1);
    bytes.unshift(byte);
    block[length++] = byte;
  }
}

/**
 * Undoes the Burrows-Wheeler transform in place: afterwards the low byte of `block[i]` is as before
 * and the upper 24 bits are the index of the next byte.
 */
function linkBlock(block: Uint32Array, length: number): void {
  const starts = new Uint32Array(257);
  for (let i = 0; i < length; i++) starts[block[i] + 1]++;
  for (let byte = 0; byte < 256; byte++) starts[byte + 1] += starts[byte];
  for (let i = 0; i < length; i++) block[starts[block[i] & 255]++] |= i << 8;
}

/**
 * Follows the links, undoes the first run-length coding into `sink` by way of `out`, returns the
 * block's CRC.
 */
function writeBlock(
  block: Uint32Array,
  length: number,
  origin: number,
  out: Uint8Array,
  sink: Sink,
): number {
  let filled = 0;
  let crc = 0xffffffff;
  const put = (byte: number): void => {
    if (filled === out.length) {
      sink(out);
      filled = 0;
    }
    out[filled++] = byte;
    crc = (crc << 8) ^ BZIP2_CRC_TABLE[(crc >>> 24) ^ byte];
  };
  let entry = block[origin];
  let previous = -1;
  let repeats = 0;
  for (let i = 0; i < length; i++) {
    entry = block[entry >>> 8];
    const byte = entry & 255;
    if (repeats === 4) {
      // after four equal bytes comes a count of further ones
      for (let k = 0; k < byte; k++) put(previous);
      repeats = 0;
      previous = -1;
      continue;
    }
    repeats = byte === previous ? repeats + 1 : 1;
    previous = byte;
    put(byte);
  }
  sink(out.subarray(0, filled));
  return ~crc >>> 0;
}

/**
 * Decompresses bzip2 (one or more streams) into `sink`, at most 64 KiB at a time, and checks every
 * block's CRC. `onProgress` gets the fraction of the input used. Throws a plain Error when the
 * stream is damaged or cut off.
 */
export function bunzip2(
  bytes: Uint8Array,
  sink: Sink,
  onProgress?: (fraction: number) => void,
): void {
  const reader = new BitReader(bytes);
  // Memory for all blocks of all streams, taken when the first block asks for it.
  const out = new Uint8Array(1 << 16);
  let block = new Uint32Array(0);
  do {
    if (reader.bits(24) !== 0x425a68) throw new Error('the stream does not begin with BZh');
    const level = reader.bits(8) - 48;
    if (level < 1 || level > 9) throw new Error('the block size is invalid');
    const blockSize = level * 100_000;
    for (;;) {
      const magic = reader.bits(24) * 2 ** 24 + reader.bits(24);
      if (magic === 0x177245385090) break; // end of stream
      if (magic !== 0x314159265359) throw new Error('a block does not begin with its mark');
      const crc = reader.word();
      if (reader.bits(1)) throw new NotRead('it has randomised blocks of old bzip2');
      const origin = reader.bits(24);
      if (block.length < blockSize) block = new Uint32Array(blockSize);
      const length = readSymbols(reader, block.subarray(0, blockSize));
      if (origin >= length) throw new Error('a block starts outside itself');
      linkBlock(block, length);
      if (writeBlock(block, length, origin, out, sink) !== crc)
        throw new Error('a checksum is wrong');
      onProgress?.(reader.fraction);
    }
    reader.word(); // checksum of the block checksums, each of which was checked
    reader.align();
  } while (reader.left > 0);
}

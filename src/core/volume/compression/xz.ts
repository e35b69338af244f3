import { Crc32, crc32 } from './crc.ts';
import { Crc64 } from './crc64.ts';
import { Lzma } from './lzma.ts';
import { NotRead, type Sink } from './sink.ts';
import { Window } from './window.ts';

const LZMA2 = 0x21;
/** Largest window that is read; `xz -9` asks for 64 MiB. */
const MAX_WINDOW = 256 * 2 ** 20;
/** Bytes of the checks by their number in the header. */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

interface Check {
  add(bytes: Uint8Array): void;
  /** Low words first. */
  readonly words: readonly number[];
}

/** How the content of a block is checked, by the number of the check. */
const CHECKS: Readonly<Record<number, () => Check>> = {
  0: () => ({ add: () => undefined, words: [] }),
  1: () => {
    const crc = new Crc32();
    return {
      add: (bytes) => crc.add(bytes),
      get words() {
        return [crc.value];
      },
    };
  },
  4: () => new Crc64(),
};

/** What the index says about a block again: its bytes without padding, and its content's. */
type Sizes = readonly [unpadded: number, content: number];

/**
 * Unpacks xz (one or more streams) into `sink`, and checks the headers, the index and the content of every
 * block. `onProgress` gets the fraction of the input used. Throws a plain Error when the file is damaged, cut
 * off, or packed in a way that is not read.
 */
export function unxz(bytes: Uint8Array, sink: Sink, onProgress?: (fraction: number) => void): void {
  let check: Check = CHECKS[0]();
  let content = 0;
  const window = new Window((chunk) => {
    check.add(chunk);
    content += chunk.length;
    sink(chunk);
  });
  const lzma = new Lzma(window);
  const reader = new Reader(bytes);
  while (reader.left > 0) {
    const kind = streamHeader(reader);
    const blocks: Sizes[] = [];
    while (reader.peek() !== 0) {
      const start = reader.at;
      const header = blockHeader(reader);
      check = CHECKS[kind]();
      content = 0;
      const packed = reader.at;
      unpackBlock(reader, lzma, window, header.window);
      if ((header.packed ?? reader.at - packed) !== reader.at - packed) {
        throw new Error('a block has another size than it says');
      }
      if ((header.content ?? content) !== content) {
        throw new Error('a block holds more or less than it says');
      }
      blocks.push([reader.at - start + CHECK_BYTES[kind], content]);
      reader.padding(start);
      if (check.words.some((word) => reader.word() !== word))
        throw new Error('a checksum is wrong');
      onProgress?.(reader.at / bytes.length);
    }
    streamEnd(reader, kind, blocks);
    reader.streamPadding();
  }
}

/** Returns the number of the check. */
function streamHeader(reader: Reader): number {
  const start = reader.at;
  for (const byte of [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) {
    if (reader.byte() !== byte) throw new Error('a stream does not begin as xz does');
  }
  const [zero, kind] = [reader.byte(), reader.byte()];
  if (reader.word() !== crc32(reader.slice(start + 6, start + 8))) {
    throw new Error('the checksum of a header is wrong');
  }
  if (zero !== 0 || !Object.hasOwn(CHECKS, kind)) {
    throw new NotRead('its content is checked by another sum than CRC-32 or CRC-64');
  }
  return kind;
}

interface BlockHeader {
  /** Bytes that matches may reach back. */
  readonly window: number;
  readonly packed: number | null;
  readonly content: number | null;
}

function blockHeader(reader: Reader): BlockHeader {
  const start = reader.at;
  const end = start + 4 * (reader.byte() + 1);
  const flags = reader.byte();
  const packed = flags & 0x40 ? reader.size() : null;
  const content = flags & 0x80 ? reader.size() : null;
  const filter = reader.size();
  if ((flags & 0x3f) !== 0 || filter !== LZMA2 || reader.size() !== 1) {
    throw new NotRead('it is packed by other filters than LZMA2');
  }
  const bits = reader.byte();
  if (bits > 40) throw new Error('a header is invalid');
  const window = bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
  if (window > MAX_WINDOW) {
    throw new NotRead(`unpacking it takes a window of ${window} bytes, more than ${MAX_WINDOW}`);
  }
  while (reader.at < end - 4) if (reader.byte() !== 0) throw new Error('a header is invalid');
  if (reader.at !== end - 4 || reader.word() !== crc32(reader.slice(start, end - 4))) {
    throw new Error('the checksum of a header is wrong');
  }
  return { window, packed, content };
}

/** The chunks of LZMA2. */
function unpackBlock(reader: Reader, lzma: Lzma, window: Window, size: number): void {
  /** Bytes since the window was reset; null before it was. */
  let position: number | null = null;
  let hasState = false;
  let hasProperties = false;
  for (let control = reader.byte(); control !== 0; control = reader.byte()) {
    if (control === 1 || control >= 0xe0) {
      window.reset(size);
      position = 0;
    }
    if (position === null || (control > 2 && control < 0x80)) throw new Error('a chunk is invalid');
    if (control < 0x80) {
      const length = reader.short() + 1;
      const from = reader.skip(length);
      for (let i = 0; i < length; i++) window.put(reader.bytes[from + i]);
      window.flush();
      position += length;
      continue;
    }
    const length = (control & 0x1f) * 2 ** 16 + reader.short() + 1;
    const packed = reader.short() + 1;
    if (control >= 0xc0) {
      lzma.setProperties(reader.byte());
      hasProperties = true;
    }
    if (control >= 0xa0) {
      lzma.resetState();
      hasState = true;
    }
    if (!hasProperties || !hasState) throw new Error('a chunk is invalid');
    const from = reader.skip(packed);
    lzma.decode(reader.bytes, from, from + packed, length, position);
    position += length;
    window.flush();
  }
  window.flush();
}

/** The index, which says the sizes of all blocks again, and the footer. */
function streamEnd(reader: Reader, kind: number, blocks: readonly Sizes[]): void {
  const start = reader.at;
  reader.byte();
  const same = reader.size() === blocks.length;
  if (!same || blocks.some((sizes) => sizes.some((size) => reader.size() !== size))) {
    throw new Error('its index is that of another file');
  }
  reader.padding(start);
  const sum = crc32(reader.slice(start, reader.at));
  if (reader.word() !== sum) {
    throw new Error('the checksum of the index is wrong');
  }
  const indexBytes = reader.at - start;
  const footer = reader.word();
  const at = reader.at;
  const back = 4 * (reader.word() + 1);
  const flags = reader.short();
  const mark = reader.short();
  if (footer !== crc32(reader.slice(at, at + 6)))
    throw new Error('the checksum of the end is wrong');
  if (back !== indexBytes || flags !== kind || mark !== 0x595a) {
    throw new Error('a stream does not end as xz does');
  }
}

class Reader {
  at = 0;
  private readonly view: DataView;
  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Advances by `count` bytes; returns where they begin. */
  skip(count: number): number {
    if (count > this.left) throw new Error('it ends too early');
    this.at += count;
    return this.at - count;
  }

  peek(): number {
    if (this.left === 0) throw new Error('it ends too early');
    return this.bytes[this.at];
  }

  byte(): number {
    return this.bytes[this.skip(1)];
  }

  /** Big-endian. */
  short(): number {
    return this.view.getUint16(this.skip(2));
  }

  /** Little-endian. */
  word(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  /** A number of as many bytes as it takes, seven bits in each. */
  size(): number {
    let value = 0;
    for (let i = 0; i < 7; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new Error('a size is impossible');
  }

  slice(from: number, to: number): Uint8Array {
    return this.bytes.subarray(from, to);
  }

  /** Skips the zeros up to a multiple of four bytes from `start`. */
  padding(start: number): void {
    while ((this.at - start) % 4 !== 0) if (this.byte() !== 0) throw new Error('padding is not 0');
  }

  /** Skips the zeros behind a stream. */
  streamPadding(): void {
    while (this.left > 0 && this.peek() === 0) this.at++;
  }
}

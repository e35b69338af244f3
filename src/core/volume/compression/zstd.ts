import { Decompress } from 'fzstd';
import { expansionBudget } from './budget.ts';
import { NotRead, type Sink } from './sink.ts';
import { XxHash64 } from './xxhash.ts';

/** Largest window that is read, as with `zstd` itself unless it is asked for more. */
const MAX_WINDOW = 128 * 2 ** 20;

const MAGIC = 0xfd2fb528;
/** Of the first 16 of them; what follows is skipped. */
const SKIPPABLE = 0x184d2a50;

/** A block is unpacked to no more. */
const MAX_BLOCK = 2 ** 17;

/** One frame of a file. */
interface Frame {
  /** Where its blocks begin and end; they may end behind the end of the file. */
  readonly blocks: readonly [from: number, to: number];
  readonly count: number;
  /** Behind its last byte; null where the file ends before. */
  readonly end: number | null;
  /** Bytes that its blocks may reach back. */
  readonly window: number;
  /** Bytes of its content, where it says so. */
  readonly content: number | null;
  /** Of its content, where it has one. */
  readonly checksum: number | null;
}

/**
 * Unpacks Zstandard (one or more frames) into `sink`, and checks the sums of the frames that have one.
 * `onProgress` gets the fraction of the input used. Throws a plain Error when the file is damaged, cut off, or
 * packed in a way that is not read.
 */
export function unzstd(
  bytes: Uint8Array,
  sink: Sink,
  onProgress?: (fraction: number) => void,
): void {
  // Every frame takes memory for its window, and every block moves all of that.
  let memory = MAX_WINDOW + expansionBudget(bytes.length);
  let work = 2 ** 32 + 2 ** 13 * bytes.length;
  for (const frame of framesOf(bytes)) {
    memory -= frame.window;
    work -= frame.window * frame.count;
    if (frame.window > MAX_WINDOW || memory < 0 || work < 0) {
      throw new NotRead(
        `unpacking its ${frame.count} blocks with a window of ${frame.window} bytes takes too much`,
      );
    }
    unpackFrame(bytes, frame, sink);
    onProgress?.((frame.end ?? bytes.length) / bytes.length);
  }
}

function unpackFrame(bytes: Uint8Array, frame: Frame, sink: Sink): void {
  const hash = new XxHash64();
  let size = 0;
  // What `sink` throws must not be taken for a fault of the frame.
  let refused: unknown;
  const stream = new Decompress((chunk) => {
    hash.add(chunk);
    size += chunk.length;
    try {
      sink(chunk);
    } catch (error) {
      refused = error;
      throw error;
    }
  });
  const [from, to] = frame.blocks;
  try {
    stream.push(headerOf(frame.window));
    stream.push(bytes.subarray(from, to), frame.end !== null);
  } catch (error) {
    if (refused !== undefined) throw refused;
    // What the library finds has a code; all else are accidents of its on damaged data.
    const known = error instanceof Error && 'code' in error;
    throw new Error(known ? error.message : 'the data of a block is invalid');
  }
  if (frame.end === null) throw new Error('it ends too early');
  if (frame.content !== null && frame.content !== size) {
    throw new Error('a frame holds more or less than it says');
  }
  if (frame.checksum !== null && frame.checksum !== hash.low) {
    throw new Error('a checksum is wrong');
  }
}

/** The header of a frame without a sum, for which the library takes exactly `window` bytes of memory. */
function headerOf(window: number): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, 0xe0); // the whole content is the window, its size follows in 8 bytes
  view.setUint32(5, window, true);
  return header;
}

function* framesOf(bytes: Uint8Array): Generator<Frame> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw new Error('it ends too early');
    const magic = view.getUint32(at, true);
    if ((magic & ~0xf) === SKIPPABLE) {
      at += 8 + view.getUint32(at + 4, true);
      if (at > bytes.length) throw new Error('it ends too early');
      continue;
    }
    if (magic !== MAGIC) throw new Error('a frame does not begin as one of Zstandard');
    const frame = frameAt(view, at);
    yield frame;
    at = frame.end ?? bytes.length;
  }
}

/** Bytes of the identifier of a dictionary, and of the size of the content, by their flags. */
const DICTIONARY_BYTES = [0, 1, 2, 4];
const CONTENT_BYTES = [0, 2, 4, 8];

function frameAt(view: DataView, start: number): Frame {
  const descriptor = view.getUint8(start + 4);
  const single = (descriptor & 0x20) !== 0;
  const dictionary = DICTIONARY_BYTES[descriptor & 3];
  const sizeBytes = CONTENT_BYTES[descriptor >> 6] || (single ? 1 : 0);
  let at = start + 5;
  const blocks = at + (single ? 0 : 1) + dictionary + sizeBytes;
  if (blocks > view.byteLength) throw new Error('it ends too early');
  if ((descriptor & 8) !== 0) throw new Error('a header is invalid');
  let window = 0;
  if (!single) {
    const byte = view.getUint8(at++);
    const base = 2 ** (10 + (byte >> 3));
    window = base + (base / 8) * (byte & 7);
  }
  for (let i = 0; i < dictionary; i++) {
    if (view.getUint8(at++) !== 0) throw new NotRead('it takes a dictionary to unpack it');
  }
  let content: number | null = null;
  if (sizeBytes > 0) {
    content = sizeBytes === 2 ? 256 : 0;
    for (let i = 0; i < sizeBytes; i++) content += view.getUint8(at++) * 2 ** (8 * i);
  }
  if (single) window = content ?? 0;
  return { ...blocksAt(view, at, window, content, (descriptor & 4) !== 0), content };
}

function blocksAt(
  view: DataView,
  from: number,
  window: number,
  content: number | null,
  summed: boolean,
): Omit<Frame, 'content'> {
  let at = from;
  let count = 0;
  let most = 0;
  let whole = true;
  for (let last = false; whole && !last; count++) {
    whole = at + 3 <= view.byteLength;
    if (!whole) break;
    const head = view.getUint16(at, true) + view.getUint8(at + 2) * 2 ** 16;
    const [type, size] = [(head >> 1) & 3, head >> 3];
    if (type === 3) throw new Error('a block is of no known type');
    last = (head & 1) === 1;
    most += type === 2 ? MAX_BLOCK : size;
    at += 3 + (type === 1 ? 1 : size);
  }
  const end = at + (summed ? 4 : 0);
  const complete = whole && end <= view.byteLength;
  return {
    blocks: [from, Math.min(at, view.byteLength)],
    count,
    end: complete ? end : null,
    // Nothing reaches back beyond the first byte.
    window: Math.min(window, content ?? most),
    checksum: complete && summed ? view.getUint32(at, true) : null,
  };
}

import { Gunzip } from 'fflate';
import { Crc32 } from './crc.ts';
import type { Sink } from './sink.ts';

/** Compressed bytes handed over at a time; bounds what one step can expand to (about 1000-fold). */
const STEP = 1 << 14;
/** Checksum and size behind each member. */
const TRAILER_BYTES = 8;

/**
 * Decompresses gzip (one or more members, also with zeros behind the last, as tapes and some tools
 * pad files) into `sink`, piece by piece, and checks the size and CRC of every member. `onProgress`
 * gets the fraction of the input used. Throws a plain Error when the stream is damaged or cut off.
 */
export function gunzip(
  bytes: Uint8Array,
  sink: Sink,
  onProgress?: (fraction: number) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = new Crc32();
  const trailerFits = (end: number): boolean =>
    end >= TRAILER_BYTES &&
    view.getUint32(end - 8, true) === crc.value &&
    view.getUint32(end - 4, true) === crc.length >>> 0;
  const check = (end: number): void => {
    if (!trailerFits(end)) throw new Error('the checksum of the gzip data is wrong');
  };

  let failure: unknown;
  // What `sink` throws must not be taken for a fault of the stream.
  let refused: unknown;
  const stream = new Gunzip((chunk) => {
    crc.add(chunk);
    try {
      sink(chunk);
    } catch (error) {
      refused = error;
      throw error;
    }
  });
  stream.onmember = (offset) => {
    check(offset);
    crc = new Crc32();
  };
  try {
    for (let at = 0; at < bytes.length; at += STEP) {
      const end = Math.min(bytes.length, at + STEP);
      stream.push(bytes.subarray(at, end), end === bytes.length);
      onProgress?.(end / bytes.length);
    }
  } catch (error) {
    if (refused !== undefined) throw refused;
    failure = error;
  }
  // The trailer ends at the last byte that is not zero, or up to 8 later where it ends in zeros.
  let last = bytes.length;
  while (last > 0 && bytes[last - 1] === 0) last--;
  for (let end = last; end <= Math.min(bytes.length, last + TRAILER_BYTES); end++) {
    if (trailerFits(end)) return;
  }
  if (failure !== undefined) throw failure;
  check(bytes.length);
}

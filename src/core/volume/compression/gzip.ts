import { Gunzip } from 'fflate';
import { crc32 } from './crc.ts';

/** Compressed bytes handed over at a time; bounds what one step can expand to (about 1000-fold). */
const STEP = 1 << 15;

/** Receives decompressed bytes, valid during the call only; may throw to stop. */
export type Sink = (chunk: Uint8Array) => void;

/**
 * Decompresses gzip into `sink`, piece by piece. `onProgress` gets the fraction of the input used.
 * Throws a plain Error when the stream is damaged or cut off.
 */
export function gunzip(
  bytes: Uint8Array,
  sink: Sink,
  onProgress?: (fraction: number) => void,
): { members: number } {
  let members = 1; // the callback names those after the first
  const stream = new Gunzip((chunk) => sink(chunk));
  stream.onmember = () => {
    members++;
  };
  for (let at = 0; at < bytes.length; at += STEP) {
    const end = Math.min(bytes.length, at + STEP);
    stream.push(bytes.subarray(at, end), end === bytes.length);
    onProgress?.(end / bytes.length);
  }
  return { members };
}

/** Checks the size and CRC at the end of a gzip file of one member against its content. */
export function gzipTrailerMatches(bytes: Uint8Array, content: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const crc = view.getUint32(bytes.length - 8, true);
  const size = view.getUint32(bytes.length - 4, true);
  return size === content.length >>> 0 && crc === crc32(content);
}

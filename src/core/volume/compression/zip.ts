import { Inflate } from 'fflate';
import { crc32 } from './crc.ts';

/** A file of a ZIP archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes unpacked, as the archive's directory says. */
  readonly size: number;
  /** Unpacks it; throws a plain Error when it is damaged or not as large as the directory says. */
  read(): Uint8Array;
}

/** Largest file that is unpacked, in bytes. */
const MAX_BYTES = 2 ** 31;
const STEP = 1 << 15;

/**
 * The files of a ZIP archive by its central directory, whose sizes and checksums are those of the
 * content (stored or deflated). Throws a plain Error when there is no such directory.
 */
export function openZip(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endRecord(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) {
      throw new Error('its directory is damaged');
    }
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    entries.push(entryAt(bytes, view, at, lengths[0]));
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  return entries;
}

/** The record at the end, behind which a comment of up to 64 KiB may stand. */
function endRecord(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at > view.byteLength - 65_558; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  throw new Error('it has no directory');
}

function entryAt(bytes: Uint8Array, view: DataView, at: number, nameLength: number): ZipEntry {
  const method = view.getUint16(at + 10, true);
  const checksum = view.getUint32(at + 16, true);
  const packed = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  let name = '';
  for (let i = 0; i < nameLength; i++) name += String.fromCharCode(bytes[at + 46 + i]);
  return {
    name,
    size,
    read() {
      if (local + 30 > bytes.length) throw new Error('it lies outside the archive');
      const start =
        local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      if (size > MAX_BYTES || start + packed > bytes.length) {
        throw new Error('it is too large or cut off');
      }
      const raw = bytes.subarray(start, start + packed);
      if (method !== 0 && method !== 8) throw new Error(`compression method ${method} is not read`);
      const content = method === 0 ? raw : inflated(raw, size);
      if (content.length !== size || crc32(content) !== checksum) {
        throw new Error('its checksum is wrong');
      }
      return content;
    },
  };
}

function inflated(raw: Uint8Array, size: number): Uint8Array {
  // Deflate makes no more than 1032 bytes of one.
  if (size > 1032 * raw.length + 1024) throw new Error('it claims more than it can hold');
  const out = new Uint8Array(size);
  let filled = 0;
  const stream = new Inflate((chunk) => {
    if (filled + chunk.length > size) throw new Error('it holds more than it claims');
    out.set(chunk, filled);
    filled += chunk.length;
  });
  for (let at = 0; at < raw.length; at += STEP) {
    const next = Math.min(raw.length, at + STEP);
    stream.push(raw.subarray(at, next), next === raw.length);
  }
  return out.subarray(0, filled);
}

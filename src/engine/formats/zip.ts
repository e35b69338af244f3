import { inflateSync } from 'fflate';
import { badFile } from '../../core/errors.ts';

export interface ZipEntry {
  readonly size: number;
  /** A view of the archive's bytes where the entry is stored as it is. */
  readonly bytes: () => Uint8Array;
}

/** Unpacked bytes that need no reason, and how much more than its packed size an entry may have. */
const FREE_BYTES = 2 ** 26;
const MOST_EXPANSION = 16;
const MOST_ENTRIES = 65_535;

export const looksLikeZip = (bytes: Uint8Array) =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/**
 * Entries of a zip archive by name, read where they lie (APPNOTE.TXT, without zip64, encryption and several disks).
 * @throws AppError `bad-file` for damage and for entries that unpack out of proportion
 */
export function readZip(
  bytes: Uint8Array,
  file: string,
  accepted: string,
): ReadonlyMap<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (what: string) => badFile(file, `a damaged zip archive: ${what}`, accepted);
  const end = endRecord(view);
  if (end === undefined) throw damaged('its table of contents is missing');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries = new Map<string, ZipEntry>();
  for (let i = 0; i < Math.min(count, MOST_ENTRIES); i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50)
      throw damaged(`entry ${i + 1} of its table of contents cannot be read`);
    const encrypted = (view.getUint16(at + 8, true) & 1) === 1;
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    const header = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    at += 46 + nameLength + extra + comment;
    if (encrypted) throw badFile(file, `${name} is encrypted`, accepted);
    if (packed === 0xffffffff || size === 0xffffffff)
      throw badFile(file, `${name} has more than 4 GiB`, 'archives below 4 GiB');
    entries.set(name, { size, bytes: () => read(name, header, packed, size, method) });
  }
  return entries;

  function read(name: string, header: number, packed: number, size: number, method: number) {
    if (header + 30 > bytes.length || view.getUint32(header, true) !== 0x04034b50)
      throw damaged(`${name} is not where the table of contents says`);
    const skip = view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    const from = header + 30 + skip;
    if (from + packed > bytes.length) throw damaged(`${name} goes beyond the end of the file`);
    const content = bytes.subarray(from, from + packed);
    if (method === 0) return content;
    if (method !== 8) throw badFile(file, `${name} is packed by method ${method}`, accepted);
    if (size > FREE_BYTES && size > MOST_EXPANSION * packed) {
      throw badFile(
        file,
        `${name} unpacks from ${packed} to ${size} bytes, too large for a network of this size`,
        accepted,
      );
    }
    const out = new Uint8Array(size);
    try {
      const { length } = inflateSync(content, { out });
      if (length !== size) throw new Error('its size differs');
    } catch {
      throw damaged(`${name} cannot be unpacked`);
    }
    return out;
  }
}

/** Where the end record begins: behind it only a comment of at most 65535 bytes. */
function endRecord(view: DataView): number | undefined {
  const last = view.byteLength - 22;
  for (let at = last; at >= 0 && at >= last - 65_535; at--)
    if (view.getUint32(at, true) === 0x06054b50) return at;
  return undefined;
}

import { inflateSync } from 'fflate';
import { badFile } from '../../core/errors.ts';
import { allOf, type Stored } from '../model/stored.ts';

/** Unpacked bytes that need no reason, and how much more than its packed size an entry may have. */
const FREE_BYTES = 2 ** 26;
const MOST_EXPANSION = 16;
const MOST_ENTRIES = 65_535;

/** The end record and the longest comment behind it. */
const LONGEST_END = 22 + 65_535;

export const looksLikeZip = (bytes: Uint8Array) =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

/**
 * Entries of a zip archive by name, read where they lie (APPNOTE.TXT, without zip64, encryption and several disks). Those
 * that are not packed are read in parts.
 * @param file what messages call it
 * @throws AppError `bad-file` for damage and for entries that unpack out of proportion
 */
export function readZip(
  archive: Stored,
  file: string,
  accepted: string,
): ReadonlyMap<string, Stored> {
  const damaged = (what: string) => badFile(file, `a damaged zip archive: ${what}`, accepted);
  const tail = Math.max(0, archive.size - LONGEST_END);
  const ending = viewOf(archive.part(tail, archive.size));
  const end = endRecord(ending);
  if (end === undefined) throw damaged('its table of contents is missing');
  const count = ending.getUint16(end + 10, true);
  const table = archive.part(ending.getUint32(end + 16, true), tail + end);
  const view = viewOf(table);
  let at = 0;
  const entries = new Map<string, Stored>();
  for (let i = 0; i < Math.min(count, MOST_ENTRIES); i++) {
    if (at + 46 > table.length || view.getUint32(at, true) !== 0x02014b50)
      throw damaged(`entry ${i + 1} of its table of contents cannot be read`);
    const encrypted = (view.getUint16(at + 8, true) & 1) === 1;
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    const header = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(table.subarray(at + 46, at + 46 + nameLength));
    at += 46 + nameLength + extra + comment;
    if (encrypted) throw badFile(file, `${name} is encrypted`, accepted);
    if (packed === 0xffffffff || size === 0xffffffff)
      throw badFile(file, `${name} has more than 4 GiB`, 'archives below 4 GiB');
    const content = () => contentOf(name, header, packed);
    if (method === 0)
      entries.set(name, { size: packed, part: (...ends) => content().part(...ends) });
    else {
      const unpack = () => unpacked(name, allOf(content()), size, method);
      entries.set(name, { size, part: (...ends) => unpack().subarray(...ends) });
    }
  }
  return entries;

  function contentOf(name: string, header: number, packed: number): Stored {
    const local = viewOf(archive.part(header, header + 30));
    if (local.byteLength < 30 || local.getUint32(0, true) !== 0x04034b50)
      throw damaged(`${name} is not where the table of contents says`);
    const from = header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    if (from + packed > archive.size) throw damaged(`${name} goes beyond the end of the file`);
    return { size: packed, part: (begin, end) => archive.part(from + begin, from + end) };
  }

  function unpacked(name: string, content: Uint8Array, size: number, method: number) {
    const packed = content.length;
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

/** Where the end record begins: behind it only a comment. */
function endRecord(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= 0; at--)
    if (view.getUint32(at, true) === 0x06054b50) return at;
  return undefined;
}

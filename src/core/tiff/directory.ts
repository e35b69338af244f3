import { strFromU8 } from 'fflate';

/** Directories of a file at most: sections of a stack, and what stands between them. */
const MOST_DIRECTORIES = 65_536;
/** Entries of a directory, and numbers of an entry, at most. */
const MOST_ENTRIES = 4096;
const MOST_NUMBERS = 2 ** 22;

/** Bytes of a number of each type of the format: byte, ASCII, short, long, rational and so on. */
const WIDTHS: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4 },
  ...{ 16: 8, 17: 8, 18: 8 },
};

/** One image of a file: its tags by number. */
export interface Directory {
  /** The numbers of a tag; none where it is absent. Rationals are quotients. */
  numbers(tag: number): readonly number[];
  text(tag: number): string;
}

export interface TiffDirectories {
  readonly littleEndian: boolean;
  readonly directories: readonly Directory[];
}

/** Whether the bytes begin as TIFF or BigTIFF, of either byte order. */
export function looksLikeTiff(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  const little = a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0;
  const big = a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43);
  return little || big;
}

/**
 * The directories of a file, as TIFF 6.0 and BigTIFF define them. Throws a sentence when they cannot be followed.
 */
export function readDirectories(bytes: Uint8Array): TiffDirectories {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 16) throw new Error('its header is cut off');
  const littleEndian = bytes[0] === 0x49;
  const large = view.getUint16(2, littleEndian) === 43;
  const word = (at: number): number =>
    large ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
  const within = (at: number, length: number) => {
    if (!(at >= 8 && at + length <= bytes.length)) throw new Error('it is cut off');
  };
  const directories: Directory[] = [];
  const seen = new Set<number>();
  const wide = large ? 8 : 4;
  for (let at = word(large ? 8 : 4); at !== 0; ) {
    if (seen.has(at)) throw new Error('its directories run in a circle');
    seen.add(at);
    if (seen.size > MOST_DIRECTORIES)
      throw new Error(`it has over ${MOST_DIRECTORIES} directories`);
    within(at, large ? 8 : 2);
    const count = large ? word(at) : view.getUint16(at, littleEndian);
    if (count > MOST_ENTRIES) throw new Error('a directory of it is damaged');
    const first = at + (large ? 8 : 2);
    const entryBytes = large ? 20 : 12;
    within(first, count * entryBytes + wide);
    const entries = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const entry = first + i * entryBytes;
      entries.set(view.getUint16(entry, littleEndian), entry);
    }
    directories.push(directoryOf(bytes, view, entries, { littleEndian, wide, word, within }));
    at = word(first + count * entryBytes);
  }
  if (directories.length === 0) throw new Error('it holds no image');
  return { littleEndian, directories };
}

interface Reading {
  readonly littleEndian: boolean;
  /** Bytes of an offset. */
  readonly wide: number;
  word(at: number): number;
  within(at: number, length: number): void;
}

function directoryOf(
  bytes: Uint8Array,
  view: DataView,
  entries: ReadonlyMap<number, number>,
  { littleEndian, wide, word, within }: Reading,
): Directory {
  /** Where the values of a tag are. */
  const place = (tag: number) => {
    const entry = entries.get(tag);
    if (entry === undefined) return null;
    const type = view.getUint16(entry + 2, littleEndian);
    const count = word(entry + 4);
    const width = WIDTHS[type];
    if (width === undefined || count > MOST_NUMBERS) throw new Error(`its tag ${tag} is damaged`);
    const inside = entry + 4 + wide;
    const at = count * width <= wide ? inside : word(inside);
    within(at, count * width);
    return { type, count, width, at };
  };
  const number = (type: number, at: number): number => {
    switch (type) {
      case 3:
        return view.getUint16(at, littleEndian);
      case 4:
      case 13:
        return view.getUint32(at, littleEndian);
      case 5:
        return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
      case 6:
        return view.getInt8(at);
      case 8:
        return view.getInt16(at, littleEndian);
      case 9:
        return view.getInt32(at, littleEndian);
      case 10:
        return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian);
      case 11:
        return view.getFloat32(at, littleEndian);
      case 12:
        return view.getFloat64(at, littleEndian);
      case 16:
      case 17:
      case 18:
        return Number(view.getBigUint64(at, littleEndian));
      default:
        return bytes[at];
    }
  };
  return {
    numbers(tag) {
      const found = place(tag);
      if (!found) return [];
      const { type, count, width, at } = found;
      return Array.from({ length: count }, (_, i) => number(type, at + i * width));
    },
    text(tag) {
      const found = place(tag);
      if (!found) return '';
      const { at, count } = found;
      return strFromU8(bytes.subarray(at, at + count)).replace(/\0+$/, '');
    },
  };
}

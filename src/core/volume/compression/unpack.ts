import { AppError, badFile, sentence } from '../../errors.ts';
import { checkExpansion, expansionBudget, MAX_UNPACKED } from './budget.ts';
import type { Packing } from '../names.ts';
import { bunzip2 } from './bzip2.ts';
import { gunzip } from './gzip.ts';
import { NotRead, type Sink } from './sink.ts';
import { unxz } from './xz.ts';
import { unzstd } from './zstd.ts';

export type Compression = 'none' | Packing;

interface Container {
  /** The bytes that it begins with; null is any. */
  readonly marks: readonly (readonly (number | null)[])[];
  unpack(bytes: Uint8Array, sink: Sink, onProgress?: (fraction: number) => void): void;
}

const CONTAINERS: Readonly<Record<Packing, Container>> = {
  gzip: { marks: [[0x1f, 0x8b]], unpack: gunzip },
  bzip2: { marks: [[0x42, 0x5a, 0x68]], unpack: bunzip2 },
  xz: { marks: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]], unpack: unxz },
  zstd: {
    // The second is a frame to be skipped, with which pzstd begins.
    marks: [
      [0x28, 0xb5, 0x2f, 0xfd],
      [null, 0x2a, 0x4d, 0x18],
    ],
    unpack: unzstd,
  },
};
const PACKINGS = Object.keys(CONTAINERS) as Packing[];

/** Which container the bytes are, by content. */
export function compressionOf(bytes: Uint8Array): Compression {
  const begins = (packing: Packing): boolean =>
    CONTAINERS[packing].marks.some((mark) =>
      mark.every((byte, i) => byte === null || bytes[i] === byte),
    );
  return PACKINGS.find(begins) ?? 'none';
}

export interface UnpackOptions {
  /** Largest content to unpack, in bytes; 2 GiB when not given. */
  readonly maxBytes?: number;
  /** Fraction of the compressed file used so far. */
  readonly onProgress?: (fraction: number) => void;
}

/** The first bytes of the content, up to `length`, as far as the first bytes of a packed file give them. */
export function unpackedHead(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let filled = 0;
  const sink = (chunk: Uint8Array): void => {
    const part = chunk.subarray(0, length - filled);
    out.set(part, filled);
    filled += part.length;
    if (filled === length) throw new Error('enough');
  };
  const compression = compressionOf(bytes);
  if (compression === 'none') return bytes.subarray(0, length);
  try {
    CONTAINERS[compression].unpack(bytes, sink);
  } catch {
    // Cut off, damaged or enough: what came before counts.
  }
  return out.subarray(0, filled);
}

/** Content is asked for its size as soon as this much is known: the longest header that is read. */
const HEAD_BYTES = 1 << 17;
/** Up to this expansion the content is given its memory at once. */
const PLAUSIBLE_RATIO = 20;
/** Trailing bytes beyond the claimed size that are kept, for a finding. */
const SLACK = 1 << 16;

/**
 * Unpacks a container by its content (anything else comes back as it is). `claim` reads the size
 * of the whole content from its first bytes (null when they do not say), or throws when they are not
 * what is wanted, so that neither a wrong file nor a decompression bomb is unpacked further than its
 * header. Memory grows with what was really unpacked. Throws `bad-file`.
 */
export function unpack(
  bytes: Uint8Array,
  fileName: string,
  claim: (head: Uint8Array) => number | null,
  options: UnpackOptions = {},
): Uint8Array {
  const compression = compressionOf(bytes);
  if (compression === 'none') return bytes;
  const maxBytes = options.maxBytes ?? MAX_UNPACKED;
  const budget = expansionBudget(bytes.length, maxBytes);
  let buffer = new Uint8Array(2 * HEAD_BYTES);
  let size = 0;
  let claimed: number | null = null;
  let limit: number | null = null;

  const reserve = (wanted: number): void => {
    if (wanted <= buffer.length) return;
    const larger = new Uint8Array(wanted);
    larger.set(buffer.subarray(0, size));
    buffer = larger;
  };
  const checkHead = (): void => {
    claimed = claim(buffer.subarray(0, size));
    if (claimed !== null) checkExpansion(claimed, bytes.length, fileName, maxBytes);
    limit = claimed === null ? budget : claimed + SLACK;
    if (claimed !== null && claimed <= PLAUSIBLE_RATIO * bytes.length) reserve(limit);
  };
  const sink = (chunk: Uint8Array): void => {
    const end = size + chunk.length;
    if (limit !== null && end > limit) {
      throw claimed === null
        ? badFile(
            fileName,
            `unpacked it has more than ${budget} bytes`,
            `up to ${budget} bytes unpacked`,
          )
        : badFile(
            fileName,
            `it unpacks to far more than the ${claimed} bytes that its header describes`,
            'files whose data fits their header',
          );
    }
    if (end > buffer.length) reserve(Math.max(end, Math.min(2 * buffer.length, limit ?? end)));
    buffer.set(chunk, size);
    size = end;
    if (limit === null && size >= HEAD_BYTES) checkHead();
  };

  try {
    CONTAINERS[compression].unpack(bytes, sink, options.onProgress);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const fault =
      error instanceof NotRead ? 'packed in a way that is not read' : 'damaged or cut off';
    throw badFile(
      fileName,
      `the ${compression} data is ${fault} (${sentence(error)})`,
      `intact files, packed as ${compression} does by default`,
    );
  }
  if (size === 0) throw badFile(fileName, 'unpacked it is empty', 'files with content');
  if (limit === null) checkHead();
  return buffer.subarray(0, size);
}

import { AppError, badFile, sentence } from '../../errors.ts';
import { bunzip2 } from './bzip2.ts';
import { gunzip, gzipTrailerMatches } from './gzip.ts';

export type Compression = 'none' | 'gzip' | 'bzip2';

/** Which container the bytes are, by content. */
export function compressionOf(bytes: Uint8Array): Compression {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if (bytes[0] === 0x42 && bytes[1] === 0x5a && bytes[2] === 0x68) return 'bzip2';
  return 'none';
}

export interface UnpackOptions {
  /** Largest content to unpack, in bytes; 2 GiB when not given. */
  readonly maxBytes?: number;
  /** Fraction of the compressed file used so far. */
  readonly onProgress?: (fraction: number) => void;
}

/** Content is asked for its size as soon as this much is known. */
const HEAD_BYTES = 1024;
/** Trailing bytes beyond the claimed size that are kept, for a finding. */
const SLACK = 1 << 16;

/**
 * Decompresses gzip or bzip2 by content (anything else comes back as it is). `claim` reads the size
 * of the whole content from its first bytes (null when they do not say), or throws when they are not what is wanted, so that
 * neither a wrong file nor a decompression bomb is unpacked further than its header. Memory grows
 * with what was really unpacked. Throws `bad-file`.
 */
export function unpack(
  bytes: Uint8Array,
  fileName: string,
  claim: (head: Uint8Array) => number | null,
  options: UnpackOptions = {},
): Uint8Array {
  const compression = compressionOf(bytes);
  if (compression === 'none') return bytes;
  const maxBytes = options.maxBytes ?? 2 ** 31;
  let buffer = new Uint8Array(Math.min(maxBytes, Math.max(4 * bytes.length, 1 << 16)));
  let size = 0;
  let limit: number | null = null;

  let tells = true;
  const checkHead = (): void => {
    const head = claim(buffer.subarray(0, size));
    tells = head !== null;
    const claimed = head ?? maxBytes - SLACK;
    if (!(claimed <= maxBytes)) {
      throw badFile(
        fileName,
        `unpacked it would have ${claimed} bytes`,
        `up to ${maxBytes} bytes unpacked`,
      );
    }
    limit = claimed + SLACK;
  };
  const sink = (chunk: Uint8Array): void => {
    const end = size + chunk.length;
    if (limit !== null && end > limit) {
      if (!tells) {
        throw badFile(
          fileName,
          `unpacked it has more than ${maxBytes} bytes`,
          `up to ${maxBytes} bytes unpacked`,
        );
      }
      throw badFile(
        fileName,
        `it unpacks to far more than the ${limit - SLACK} bytes that its header describes`,
        'files whose data fits their header',
      );
    }
    if (end > buffer.length) {
      const larger = new Uint8Array(Math.max(end, Math.min(2 * buffer.length, limit ?? end)));
      larger.set(buffer.subarray(0, size));
      buffer = larger;
    }
    buffer.set(chunk, size);
    size = end;
    if (limit === null && size >= HEAD_BYTES) checkHead();
  };

  let intact = true;
  try {
    if (compression === 'bzip2') {
      bunzip2(bytes, sink, options.onProgress);
    } else {
      const { members } = gunzip(bytes, sink, options.onProgress);
      intact = members !== 1 || gzipTrailerMatches(bytes, buffer.subarray(0, size));
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw badFile(
      fileName,
      `the ${compression} data is damaged or cut off (${sentence(error)})`,
      `intact ${compression} files`,
    );
  }
  if (!intact) {
    throw badFile(fileName, 'the checksum of the gzip data is wrong', 'intact gzip files');
  }
  const content = buffer.subarray(0, size);
  if (limit === null) checkHead();
  return content;
}

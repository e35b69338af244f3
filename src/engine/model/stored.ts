import { AppError, sentence } from '../../core/errors.ts';

/** A file, or an entry of an archive, of which parts are read when they are asked for. */
export interface Stored {
  readonly size: number;
  /** Bytes from one place up to another. @throws AppError `bad-file` where the file is gone or has changed */
  part(from: number, to: number): Uint8Array;
}

/** All of it at once: what is in memory stays where it is. */
export const allOf = (file: Stored) => file.part(0, file.size) as Uint8Array<ArrayBuffer>;

export const inMemory = (bytes: Uint8Array): Stored => ({
  size: bytes.length,
  part: (from, to) => bytes.subarray(from, to),
});

/** Files from this size on are read in parts, so that their weights are in memory once. */
export const LARGE = 64 * 2 ** 20;

interface SyncReader {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** A large file in a browser's worker; null for others, which are read whole. */
export function storedOf(blob: Blob, name: string): Stored | null {
  const { FileReaderSync } = globalThis as { FileReaderSync?: new () => SyncReader };
  if (!FileReaderSync || blob.size < LARGE) return null;
  const reader = new FileReaderSync();
  return {
    size: blob.size,
    part(from, to) {
      try {
        return new Uint8Array(reader.readAsArrayBuffer(blob.slice(from, to)));
      } catch (error) {
        throw new AppError('bad-file', `${name}: could not be read: ${sentence(error)}`, {
          cause: error,
        });
      }
    },
  };
}

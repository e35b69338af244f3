import { badFile } from '../../core/errors.ts';

const BLOCK = 512;
const MOST_ENTRIES = 10_000;

/** Whether the sum of a header's bytes is the one that it states, its own field counted as blanks. */
function isHeader(bytes: Uint8Array, at: number): boolean {
  if (at + BLOCK > bytes.length) return false;
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += bytes[at + i];
  return octal(bytes, at + 148, 8) === sum;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function octal(bytes: Uint8Array, at: number, length: number): number {
  const digits = text(bytes, at, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

export const looksLikeTar = (bytes: Uint8Array) => bytes.length >= BLOCK && isHeader(bytes, 0);

/**
 * Files of a tar archive by the last part of their name, as views of its bytes (POSIX 1003.1 ustar; links, folders and
 * extensions are passed over).
 * @throws AppError `bad-file` for damage
 */
export function readTar(
  bytes: Uint8Array,
  file: string,
  accepted: string,
): ReadonlyMap<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    if (!isHeader(bytes, at) || entries.size > MOST_ENTRIES)
      throw badFile(
        file,
        `a damaged tar archive: entry ${entries.size + 1} cannot be read`,
        accepted,
      );
    const size = octal(bytes, at + 124, 12);
    const name = text(bytes, at, 100).split('/').at(-1) ?? '';
    const from = at + BLOCK;
    if (!(from + size <= bytes.length))
      throw badFile(file, `a damaged tar archive: ${name} goes beyond its end`, accepted);
    const type = bytes[at + 156];
    if (type === 0 || type === 0x30) entries.set(name, bytes.subarray(from, from + size));
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}

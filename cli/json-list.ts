import { badFile } from '../src/core/errors.ts';
import type { ByteSource } from '../src/core/volume/index.ts';

/** Bytes of a file, from `from` up to `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Bytes that are read at a time. */
const CHUNK = 8 * 2 ** 20;
const LONGEST_KEY = 100;
const decoder = new TextDecoder();

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Where the objects of the list `name` of a JSON document `{ name: [...] }` lie, without holding the document. They are
 * not parsed; what is no object in the list is an error.
 *
 * @throws AppError `bad-file`, naming what is accepted
 */
export async function* entriesOf(
  source: ByteSource,
  name: string,
  accepted: string,
): AsyncGenerator<ByteRange> {
  const wrong = (what: string) => badFile(source.name, what, accepted);
  let depth = 0;
  let quoted = false;
  let escaped = false;
  /** Of the document itself: where the last text began, and what it says. */
  let text = 0;
  let key = '';
  let inList = false;
  let found = false;
  let start = 0;
  for (let first = 0; first < source.size; first += CHUNK) {
    const bytes = await source.read(first, first + CHUNK);
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (quoted) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          quoted = false;
          const from = text - first;
          if (depth === 1) key = decoder.decode(bytes.subarray(Math.max(from, i - LONGEST_KEY), i));
        }
        continue;
      }
      if (byte <= 0x20) continue;
      if (depth === 0 && (byte !== OPEN || start > 0)) throw wrong('not one JSON document');
      if (inList && depth === 2 && byte !== OPEN && byte !== CLOSE_LIST && byte !== COMMA)
        throw wrong(`has more than documents in its list of ${name}`);
      if (byte === QUOTE) {
        quoted = true;
        text = first + i + 1;
      } else if (byte === OPEN || byte === OPEN_LIST) {
        if (depth === 1 && byte === OPEN_LIST && key === name) [inList, found] = [true, true];
        if (depth === 0 || (inList && depth === 2)) start = first + i + 1;
        depth++;
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        depth--;
        if (inList && depth === 2) yield { from: start - 1, to: first + i + 1 };
        if (depth === 1) inList = false;
      }
    }
  }
  if (depth !== 0 || quoted) throw wrong('not JSON (it ends too early)');
  if (!found) throw wrong(`has no list of ${name}`);
}

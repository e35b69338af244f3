import { badFile } from '../src/core/errors.ts';
import { parseJson } from '../src/core/schema/index.ts';
import type { ByteSource } from '../src/core/volume/index.ts';
import { withFile } from './files.ts';

/** Bytes of a file, from `from` up to `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Bytes that are read at a time. */
const CHUNK = 8 * 2 ** 20;
const LONGEST_KEY = 100;
/** Of one entry; the longest text that a JavaScript engine parses is not much longer. */
const MAX_BYTES = 500 * 2 ** 20;
/** Of a document without the entries of its lists. */
const MAX_REST = 200 * 2 ** 20;
const decoder = new TextDecoder();

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** A document without the entries of its long lists, and where those lie. */
export interface Outline<Name extends string> {
  /** The document, with these lists empty. */
  readonly rest: unknown;
  readonly lists: Readonly<Record<Name, readonly ByteRange[]>>;
}

/**
 * Where the objects of the lists `names` of a JSON document `{ name: [...], ... }` lie, without holding the document.
 * They are not parsed; what is no object in a list is an error. Whether the document has the lists at all, `rest` says.
 *
 * @throws AppError `bad-file`, naming what is accepted
 */
export async function outlineOf<Name extends string>(
  source: ByteSource,
  names: readonly Name[],
  accepted: string,
): Promise<Outline<Name>> {
  const wrong = (what: string) => badFile(source.name, what, accepted);
  const lists = Object.fromEntries(names.map((name) => [name, [] as ByteRange[]])) as Record<
    Name,
    ByteRange[]
  >;
  const outside: Uint8Array[] = [];
  let outsideBytes = 0;
  let depth = 0;
  let quoted = false;
  let escaped = false;
  /** Of the document itself: where the last text began, and what it says. */
  let text = 0;
  let key = '';
  let inList: Name | undefined;
  let started = false;
  let start = 0;
  for (let first = 0; first < source.size; first += CHUNK) {
    const bytes = await source.read(first, first + CHUNK);
    /** Where what belongs to no entry begins, in these bytes. */
    let rest = 0;
    const keep = (to: number) => {
      outside.push(bytes.slice(rest, to));
      outsideBytes += to - rest;
      if (outsideBytes > MAX_REST) throw wrong('too large beside its lists');
    };
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
      if (depth === 0 && (byte !== OPEN || started)) throw wrong('not one JSON document');
      if (inList && depth === 2 && byte !== OPEN && byte !== CLOSE_LIST && byte !== COMMA)
        throw wrong(`has more than objects in its list of ${inList}`);
      if (byte === QUOTE) {
        quoted = true;
        text = first + i + 1;
      } else if (byte === OPEN || byte === OPEN_LIST) {
        started = true;
        if (inList && depth === 2) start = first + i;
        if (depth === 1 && byte === OPEN_LIST) {
          inList = names.find((name) => name === key);
          if (inList) keep(i + 1);
        }
        depth++;
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        depth--;
        if (inList && depth === 2) lists[inList].push({ from: start, to: first + i + 1 });
        if (inList && depth === 1) [inList, rest] = [undefined, i];
      }
    }
    if (!inList) keep(bytes.length);
  }
  if (depth !== 0 || quoted) throw wrong('not JSON (it ends too early)');
  const kind = { file: source.name, accepted, maxBytes: MAX_REST };
  return { rest: parseJson(joined(outside, outsideBytes), kind), lists };
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes that are read at once for entries that lie side by side. */
const WINDOW = 2 ** 16;

/** Reads entries of a file, most of which lie behind the last one; the file is open only while it is read. */
export function entryReader(
  path: string,
  accepted: string,
): (range: ByteRange) => Promise<unknown> {
  let window: Uint8Array = new Uint8Array();
  let start = 0;
  return async ({ from, to }) => {
    if (from < start || to > start + window.length) {
      window = await withFile(path, (source) => source.read(from, Math.max(to, from + WINDOW)));
      start = from;
    }
    const bytes = window.subarray(from - start, to - start);
    return parseJson(bytes, { file: path, accepted, maxBytes: MAX_BYTES });
  };
}

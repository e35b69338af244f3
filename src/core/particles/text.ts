import { decodeText } from '../schema/utf8.ts';

const SPACE = 0x20;
const NEWLINE = 0x0a;

/** Where each line of a text starts, and after the last one where it ends. Lines end with LF or CRLF. */
export function lineStarts(bytes: Uint8Array, from = 0, to = bytes.length): Uint32Array {
  let starts = new Uint32Array(1 + ((to - from) >> 5));
  let lines = 0;
  const put = (at: number) => {
    if (lines === starts.length) {
      const longer = new Uint32Array(2 * lines);
      longer.set(starts);
      starts = longer;
    }
    starts[lines++] = at;
  };
  put(from);
  // A third of the time of a loop over the bytes.
  let end = bytes.indexOf(NEWLINE, from);
  for (; end >= 0 && end < to; end = bytes.indexOf(NEWLINE, end + 1)) put(end + 1);
  put(to);
  return starts.slice(0, lines);
}

/** The text between two places, without blanks around it. */
export function textAt(bytes: Uint8Array, start: number, end: number): string {
  return decodeText(bytes.subarray(start, end)).trim();
}

/** Powers of ten that a double holds exactly. */
const EXACT_POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);
const MAX_EXACT_DIGITS = 15;

/**
 * The number written between two places, NaN when it is none. Up to 15 digits and an exponent within 22 are read without
 * a string, with the same value as `Number` (both factors are exact, so that one rounding remains).
 */
export function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  let digits = 0;
  let mantissa = 0;
  let scale = 0;
  let point = false;
  const unsigned = at;
  for (; at < end; at++) {
    const digit = bytes[at] - 0x30;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 || digit > 0) digits++;
      mantissa = mantissa * 10 + digit;
      if (point) scale--;
    } else if (bytes[at] === 0x2e && !point) point = true;
    else break;
  }
  const written = at - unsigned - (point ? 1 : 0) > 0;
  if (at < end && (bytes[at] | 0x20) === 0x65 && at + 1 < end) {
    let exponent = 0;
    const sign = bytes[at + 1];
    let k = sign === 0x2d || sign === 0x2b ? at + 2 : at + 1;
    for (; k < end && bytes[k] >= 0x30 && bytes[k] <= 0x39 && exponent < 1000; k++) {
      exponent = exponent * 10 + bytes[k] - 0x30;
    }
    scale += sign === 0x2d ? -exponent : exponent;
    at = k;
  }
  const simple = written && at === end && digits <= MAX_EXACT_DIGITS && scale >= -22 && scale <= 22;
  if (!simple) return slowNumber(bytes, start, end);
  const value = scale < 0 ? mantissa / EXACT_POWERS[-scale] : mantissa * EXACT_POWERS[scale];
  return negative ? -value : value;
}

function slowNumber(bytes: Uint8Array, start: number, end: number): number {
  const text = textAt(bytes, start, end);
  return text === '' ? Number.NaN : Number(text);
}

/**
 * Writes where each word of a line starts and ends into `places`, as many as it holds, and gives their number. Quotes
 * hold words together.
 */
export function splitWords(
  bytes: Uint8Array,
  start: number,
  end: number,
  places: Uint32Array,
): number {
  const room = places.length >> 1;
  let at = start;
  let count = 0;
  while (count < room) {
    while (at < end && bytes[at] <= SPACE) at++;
    if (at >= end) break;
    const quote = bytes[at];
    let from = at;
    let to = at;
    if (quote === 0x22 || quote === 0x27) {
      from++;
      to = from;
      // A quote closes only before a blank, as in `5'-end`.
      while (to < end && !(bytes[to] === quote && (to + 1 >= end || bytes[to + 1] <= SPACE))) to++;
      at = to + 1;
    } else {
      while (to < end && bytes[to] > SPACE) to++;
      at = to;
    }
    places[2 * count] = from;
    places[2 * count + 1] = to;
    count++;
  }
  return count;
}

/** Gives every different text a number, in the order in which they come. */
export class TextTable {
  readonly names: string[] = [];
  readonly #known = new Map<string, number>();
  /** Numbers of texts as they stand in a file, by a hash of their bytes. */
  readonly #byHash = new Map<number, { readonly bytes: Uint8Array; readonly index: number }>();

  /** Of the text between two places; one that came before is found without decoding it. */
  add(bytes: Uint8Array, start: number, end: number): number {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]) | 0;
    const found = this.#byHash.get(hash);
    if (found && isAt(found.bytes, bytes, start, end)) return found.index;
    const own = bytes.slice(start, end);
    const index = this.of(decodeText(own));
    if (!found) this.#byHash.set(hash, { bytes: own, index });
    return index;
  }

  of(name: string): number {
    const found = this.#known.get(name);
    if (found !== undefined) return found;
    this.#known.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

function isAt(text: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}

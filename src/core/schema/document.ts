import { badFile } from '../errors.ts';
import { Mismatch, type Schema } from './schema.ts';
import { decodeUtf8 } from './utf8.ts';

/** Levels of lists and objects within each other that a document may have. */
const MAX_DEPTH = 256;

export interface DocumentKind {
  /** The file, for messages. */
  readonly file: string;
  /** What it is, e.g. `a model.json of a TensorFlow.js layers model`. */
  readonly accepted: string;
  readonly maxBytes: number;
}

/**
 * Parses an untrusted JSON document. `maxBytes` and a limit of the nesting are checked before.
 *
 * @throws AppError 'bad-file'
 */
export function parseJson(bytes: Uint8Array, { file, accepted, maxBytes }: DocumentKind): unknown {
  if (bytes.byteLength > maxBytes) {
    const limit = `${(maxBytes / 2 ** 20).toFixed(0)} MiB`;
    throw badFile(file, `too large for what it should be (over ${limit})`, accepted);
  }
  if (isDeep(bytes)) throw badFile(file, `nested deeper than ${MAX_DEPTH} levels`, accepted);
  let text = '';
  try {
    text = decodeUtf8(bytes);
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? where(error.message, text) : 'not UTF-8 text';
    throw badFile(file, `not JSON${reason && ` (${reason})`}`, accepted);
  }
}

/** Where the text breaks off, from the message of V8 or another engine; nothing of the text itself. */
function where(message: string, text: string): string {
  const place = /line \d+ column \d+|position (\d+)/.exec(message);
  const atEnd = Number(place?.[1]) >= text.length || /\b(end|EOF)\b/.test(message);
  return atEnd ? 'it ends too early' : (place?.[0] ?? '');
}

/** In UTF-8, the bytes of brackets and quotes stand for nothing else. */
function isDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i];
    if (quoted) {
      if (c === 0x5c) i++;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
  return false;
}

/**
 * Validates a parsed document once; below this nothing of it needs a check or a cast.
 *
 * @param notes gets what to say about a document that is accepted, one sentence each
 * @param path of the value, where it is a part of the document
 * @throws AppError 'bad-file' that names the file, the key, its value and what is accepted.
 */
export function validate<T>(
  schema: Schema<T>,
  document: unknown,
  file: string,
  notes: string[] = [],
  path = '',
): T {
  const remarks: string[] = [];
  try {
    const read = schema(document, { path, notes: remarks });
    notes.push(...remarks.map((remark) => `${file}: ${remark}`));
    return read;
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const { path: at, problem, accepted } = error;
    throw badFile(file, at ? `"${at}" ${problem}` : `this ${problem}`, accepted);
  }
}

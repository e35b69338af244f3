/** A JSON document; those of its lists that are async iterables need not fit into memory. */
export type StreamedDocument = Readonly<Record<string, unknown>>;

/** Characters of one piece, but for the longest entry. */
const PIECE = 2 ** 16;

/** What `JSON.stringify(document, null, indent)` gives, piece by piece. */
export function jsonText(document: StreamedDocument, indent = 0): AsyncGenerator<string> {
  return inPieces(texts(document, indent));
}

/** The same text in longer pieces, which are written faster. */
export async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

async function* texts(document: StreamedDocument, indent: number): AsyncGenerator<string> {
  const line = (depth: number) => (indent > 0 ? `\n${' '.repeat(depth * indent)}` : '');
  // JSON has no bare line breaks inside of texts.
  const nested = (value: unknown, depth: number) =>
    JSON.stringify(value, null, indent).replaceAll('\n', line(depth));
  let before = '{';
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    yield `${before}${line(1)}${JSON.stringify(key)}:${indent > 0 ? ' ' : ''}`;
    before = ',';
    if (!isStream(value)) {
      yield nested(value, 1);
      continue;
    }
    let open = '[';
    for await (const entry of value) {
      yield `${open}${line(2)}${nested(entry, 2)}`;
      open = ',';
    }
    yield open === '[' ? '[]' : `${line(1)}]`;
  }
  yield before === '{' ? '{}' : `${line(0)}}`;
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

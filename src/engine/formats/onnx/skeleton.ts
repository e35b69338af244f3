import { joinBytes } from '../../../core/bytes.ts';
import type { Stored } from '../../model/stored.ts';

/** The location of weights that are in the network's own file; no file can be called so. */
export const OWN_FILE = '\0';

/** Bytes of weights that stay in the skeleton. */
const SMALL = 2 ** 16;
/** Bytes read at once where only tags and lengths are looked at. */
const WINDOW = 2 ** 14;
/** Fields that one message may have: nodes and weights of the largest networks. */
const MOST_FIELDS = 2 ** 18;

/** onnx.proto: numbers of the fields looked at, all of them with a length. */
const GRAPH = 7;
const INITIALIZER = 5;
const RAW_DATA = 9;
const EXTERNAL_DATA = 13;

interface Field {
  readonly number: number;
  /** Whether it has a length: a message, a string or bytes. */
  readonly framed: boolean;
  /** Of its tag, and of its content and end. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/**
 * An ONNX file without the bytes of its large weights, which then stand as external data in {@link OWN_FILE}. Null where
 * it is no such file, or its weights are not stored as bytes.
 */
export function skeletonOf(file: Stored, small = SMALL): Uint8Array<ArrayBuffer> | null {
  const [first, version] = file.part(0, 2);
  if (first !== 0x08 || version === 0 || version >= 0x20) return null;
  try {
    const reader = new FieldReader(file);
    const inside = ({ from, to }: Field, change: Change) =>
      rewritten(file, reader.fields(from, to), change);
    const weights: Change = (field) =>
      field.number === RAW_DATA && field.to - field.from > small ? placeOf(field) : null;
    const graph: Change = (field) =>
      field.number === INITIALIZER && field.to - field.from > small
        ? framed(INITIALIZER, inside(field, weights))
        : null;
    const bytes = rewritten(file, reader.fields(0, file.size), (field) =>
      field.number === GRAPH ? framed(GRAPH, inside(field, graph)) : null,
    );
    return bytes.length < file.size / 2 ? bytes : null;
  } catch (error) {
    // Damaged: read whole, it is refused with what is wrong.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Walks through the fields of messages without reading what they hold. */
class FieldReader {
  private window = new Uint8Array(0);
  private windowAt = 0;
  private at = 0;

  constructor(private readonly file: Stored) {}

  fields(from: number, to: number): Field[] {
    const found: Field[] = [];
    for (let start = from; start < to; ) {
      this.at = start;
      const tag = this.varint();
      const wire = tag % 8;
      const skip =
        wire === 2 ? this.varint() : wire === 0 ? 0 : wire === 1 ? 8 : wire === 5 ? 4 : -1;
      if (wire === 0) this.varint();
      const end = this.at + skip;
      if (skip < 0 || end > to || found.length === MOST_FIELDS) throw new RangeError('no protobuf');
      found.push({
        ...{ number: Math.floor(tag / 8), framed: wire === 2, start },
        ...{ from: this.at, to: end },
      });
      start = end;
    }
    return found;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError('no protobuf');
  }

  private byte(): number {
    const inside = this.at - this.windowAt;
    if (inside < 0 || inside >= this.window.length) {
      if (this.at >= this.file.size) throw new RangeError('no protobuf');
      this.window = this.file.part(
        this.at,
        Math.min(this.file.size, this.at + WINDOW),
      ) as typeof this.window;
      this.windowAt = this.at;
    }
    return this.window[this.at++ - this.windowAt];
  }
}

/** What stands in place of a field with a length; null for the field itself. */
type Change = (field: Field) => Uint8Array | null;

/** A message whose fields are copied but for those that change; what is copied at once is read at once. */
function rewritten(
  file: Stored,
  fields: readonly Field[],
  change: Change,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let copied = fields[0]?.start ?? 0;
  const copyUpTo = (end: number) => {
    if (end > copied) parts.push(file.part(copied, end));
  };
  for (const field of fields) {
    const other = field.framed ? change(field) : null;
    if (!other) continue;
    copyUpTo(field.start);
    parts.push(other);
    copied = field.to;
  }
  const last = fields.at(-1);
  if (last) copyUpTo(last.to);
  return joinBytes(parts);
}

/** StringStringEntryProto: a key and its value. */
function placeOf({ from, to }: Field): Uint8Array<ArrayBuffer> {
  const entries = Object.entries({ location: OWN_FILE, offset: from, length: to - from });
  const bytes = (text: string) => new TextEncoder().encode(text);
  return joinBytes(
    entries.map(([key, value]) => {
      const entry = [framed(1, bytes(key)), framed(2, bytes(String(value)))];
      return framed(EXTERNAL_DATA, joinBytes(entry));
    }),
  );
}

/** A field with its tag and length. */
const framed = (number: number, content: Uint8Array) =>
  joinBytes([Uint8Array.of(8 * number + 2, ...varint(content.length)), content]);

function varint(value: number): number[] {
  return value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))];
}

/** The part of the protobuf wire format that writing an ONNX file takes. */

/** A field of a message, ready to be written. */
export type Field = Uint8Array;

const VARINT = 0;
const BYTES = 2;
const FLOAT = 5;
const encoder = new TextEncoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

const key = (field: number, wire: number) => varint(field * 8 + wire);

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A non-negative integer. */
export function int(field: number, value: number): Field {
  return Uint8Array.from([...key(field, VARINT), ...varint(value)]);
}

export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(Float32Array.of(value).buffer);
  return Uint8Array.from([...key(field, FLOAT), ...bytes]);
}

export function bytes(field: number, value: Uint8Array): Field {
  return join([Uint8Array.from([...key(field, BYTES), ...varint(value.length)]), value]);
}

export function text(field: number, value: string): Field {
  return bytes(field, encoder.encode(value));
}

export function message(field: number, fields: readonly Field[]): Field {
  return bytes(field, join(fields));
}

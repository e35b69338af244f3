import { badFile } from '../../core/errors.ts';
import type { Stored } from '../model/stored.ts';
import { decodeNumbers, NUMBER_TYPES, type Numbers, type NumberType } from './numbers.ts';

const ACCEPTED = 'a safetensors file as it was saved';

/** https://huggingface.co/docs/safetensors */
const TYPES: Readonly<Record<string, NumberType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
};

export interface NamedTensor {
  readonly dims: readonly number[];
  /** Whole numbers are no weights. */
  readonly integer: boolean;
  /** All of them, or those from one place up to another. */
  readonly numbers: (from?: number, to?: number) => Numbers;
}

interface Entry {
  readonly dtype: NumberType;
  readonly shape: readonly number[];
  readonly span: readonly [number, number];
}

/**
 * The tensors of a safetensors file by name; their numbers are read when they are asked for.
 * @throws AppError `bad-file`
 */
export function readSafetensors(stored: Stored, file: string): ReadonlyMap<string, NamedTensor> {
  const head = stored.part(0, 19);
  if (new TextDecoder().decode(head) === 'version https://git')
    throw badFile(
      file,
      'a Git LFS pointer, a text that stands for the file',
      'the file itself (git lfs pull)',
    );
  if (head.length < 8) throw badFile(file, 'it is too short for a safetensors header', ACCEPTED);
  const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
  if (length > stored.size - 8) {
    throw badFile(
      file,
      `not safetensors: a header of ${length} bytes does not fit in it`,
      ACCEPTED,
    );
  }
  const start = 8 + length;
  const left = stored.size - start;
  const tensors = new Map<string, NamedTensor>();
  const spans: { readonly name: string; readonly span: Entry['span'] }[] = [];
  for (const [name, value] of Object.entries(header(stored.part(8, start), file))) {
    if (name === '__metadata__') continue;
    const entry = parse(name, value, file);
    const [from, to] = entry.span;
    const { bytes: step, integer } = NUMBER_TYPES[entry.dtype];
    const size = entry.shape.reduce((a, b) => a * b, step);
    if (to - from !== size || to > left) {
      throw badFile(
        file,
        `${name}: offsets ${from}-${to} do not fit its shape (${entry.shape.join(', ')}, ${size} bytes) in a file with ${left} bytes of numbers`,
        ACCEPTED,
      );
    }
    spans.push({ name, span: entry.span });
    tensors.set(name, {
      dims: entry.shape,
      integer,
      numbers: (first = 0, last = size / step) =>
        decodeNumbers(
          stored.part(start + from + first * step, start + from + last * step),
          entry.dtype,
        ),
    });
  }
  refuseOverlap(spans, file);
  return tensors;
}

function refuseOverlap(
  spans: readonly { readonly name: string; readonly span: Entry['span'] }[],
  file: string,
): void {
  const sorted = spans
    .filter(({ span: [from, to] }) => to > from)
    .sort((a, b) => a.span[0] - b.span[0]);
  for (const [i, { name, span }] of sorted.slice(1).entries()) {
    const before = sorted[i];
    if (span[0] < before.span[1])
      throw badFile(file, `${before.name} and ${name} share bytes`, ACCEPTED);
  }
}

function header(bytes: Uint8Array, file: string): object {
  const { text, json } = parsed(bytes);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw badFile(file, 'not safetensors: its header is no JSON object', ACCEPTED);
  // What JSON.parse makes of a name that comes twice is the last one alone.
  const entries = text.match(/"data_offsets"\s*:/g)?.length ?? 0;
  if (entries > Object.keys(json).filter((name) => name !== '__metadata__').length)
    throw badFile(file, 'its header names a tensor twice', ACCEPTED);
  return json;
}

function parsed(bytes: Uint8Array): { readonly text: string; readonly json?: unknown } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, json: JSON.parse(text) };
  } catch {
    return { text: '' };
  }
}

const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;

function parse(name: string, value: unknown, file: string): Entry {
  const { dtype, shape, data_offsets } = (value ?? {}) as Record<string, unknown>;
  const type = typeof dtype === 'string' && Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
  if (!type) {
    const known = Object.keys(TYPES).join(', ');
    throw badFile(file, `${name}: its dtype is ${JSON.stringify(dtype)}`, known);
  }
  const span: readonly unknown[] = Array.isArray(data_offsets) ? data_offsets : [];
  const dims: readonly unknown[] | undefined = Array.isArray(shape) ? shape : undefined;
  if (!dims?.every(isCount) || span.length !== 2 || !span.every(isCount) || span[0] > span[1]) {
    throw badFile(file, `${name}: its shape or offsets are not whole numbers`, ACCEPTED);
  }
  return { dtype: type, shape: dims, span: [span[0], span[1]] };
}

import { fromHalves } from '../volume/half.ts';
import type { NumberArray } from '../volume/stats.ts';

/** One element type of NumPy and how its bytes become numbers. */
export interface NpyType {
  /** Bytes per element. */
  readonly width: 1 | 2 | 4 | 8;
  readonly words: string;
  /** Used as 32-bit floats, which hold fewer digits. */
  readonly narrowed: boolean;
  /** Little-endian aligned bytes to values. */
  readonly decode: (bytes: Uint8Array) => NumberArray;
}

type ViewClass<A> = new (buffer: ArrayBufferLike, offset: number, length: number) => A;

function viewAs<A extends NumberArray>(type: ViewClass<A>, width: number) {
  return (bytes: Uint8Array): A => new type(bytes.buffer, bytes.byteOffset, bytes.length / width);
}

/** 64-bit integers become float64: exact up to 2^53. */
function wide(read: (view: DataView, at: number) => bigint) {
  return (bytes: Uint8Array): Float64Array => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new Float64Array(bytes.length / 8).map((_, i) => Number(read(view, 8 * i)));
  };
}

/** Element types by NumPy's kind and size. */
export const NPY_TYPES: ReadonlyMap<string, NpyType> = new Map<string, NpyType>([
  ['b1', { width: 1, narrowed: false, words: 'boolean', decode: viewAs(Uint8Array, 1) }],
  ['i1', { width: 1, narrowed: false, words: '8-bit integer', decode: viewAs(Int8Array, 1) }],
  [
    'u1',
    { width: 1, narrowed: false, words: 'unsigned 8-bit integer', decode: viewAs(Uint8Array, 1) },
  ],
  ['i2', { width: 2, narrowed: false, words: '16-bit integer', decode: viewAs(Int16Array, 2) }],
  [
    'u2',
    { width: 2, narrowed: false, words: 'unsigned 16-bit integer', decode: viewAs(Uint16Array, 2) },
  ],
  ['i4', { width: 4, narrowed: true, words: '32-bit integer', decode: viewAs(Int32Array, 4) }],
  [
    'u4',
    { width: 4, narrowed: true, words: 'unsigned 32-bit integer', decode: viewAs(Uint32Array, 4) },
  ],
  [
    'i8',
    {
      width: 8,
      narrowed: true,
      words: '64-bit integer',
      decode: wide((view, at) => view.getBigInt64(at, true)),
    },
  ],
  [
    'u8',
    {
      width: 8,
      narrowed: true,
      words: 'unsigned 64-bit integer',
      decode: wide((view, at) => view.getBigUint64(at, true)),
    },
  ],
  ['f2', { width: 2, narrowed: false, words: '16-bit float', decode: decodeHalf }],
  ['f4', { width: 4, narrowed: false, words: '32-bit float', decode: viewAs(Float32Array, 4) }],
  ['f8', { width: 8, narrowed: true, words: '64-bit float', decode: viewAs(Float64Array, 8) }],
]);

function decodeHalf(bytes: Uint8Array): Float32Array {
  return fromHalves(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2));
}

/** What NumPy also calls these types: one-letter codes and names. `l` is 64 bits, as on Linux. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    b1: ['?', 'bool', 'bool_', 'bool8'],
    i1: ['b', 'int8', 'byte'],
    u1: ['B', 'uint8', 'ubyte'],
    i2: ['h', 'int16', 'short'],
    u2: ['H', 'uint16', 'ushort'],
    i4: ['i', 'int32', 'intc'],
    u4: ['I', 'uint32', 'uintc'],
    i8: ['l', 'q', 'p', 'int64', 'int', 'int_', 'intp', 'long', 'longlong'],
    u8: ['L', 'Q', 'P', 'uint64', 'uint', 'uintp', 'ulong', 'ulonglong'],
    f2: ['e', 'float16', 'half'],
    f4: ['f', 'float32', 'single'],
    f8: ['d', 'float64', 'float', 'float_', 'double'],
  }).flatMap(([type, names]) => names.map((name): [string, string] => [name, type])),
);

/** Reads a type as `numpy.dtype` does: `<f4`, `f`, `float32`; null when it is none of the types above. */
export function parseDescr(descr: string): { type: NpyType; littleEndian: boolean } | null {
  const [, order, name] = /^([<>|=]?)(.*)$/s.exec(descr) as RegExpExecArray;
  const type = NPY_TYPES.get(name) ?? NPY_TYPES.get(OTHER_NAMES.get(name) ?? '');
  return type ? { type, littleEndian: order !== '>' } : null;
}

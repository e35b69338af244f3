import { halfTable } from '../../core/volume/half.ts';

/** Element types of tensors in network files, little-endian. */
export type NumberType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool';

interface Storage {
  readonly bytes: number;
  readonly integer: boolean;
  readonly read: (view: DataView, at: number) => number;
}

let halves: Float32Array | undefined;
const word = new DataView(new ArrayBuffer(4));

/** The number of a 16-bit float pattern (IEEE 754 binary16). */
export function fromHalf(bits: number): number {
  halves ??= halfTable();
  return halves[bits & 0xffff];
}

/** The number of a bfloat16 pattern: the upper half of a float32. */
export function fromBrain(bits: number): number {
  word.setUint32(0, (bits & 0xffff) << 16);
  return word.getFloat32(0);
}

const whole = (bytes: number, read: Storage['read']): Storage => ({ bytes, integer: true, read });
const real = (bytes: number, read: Storage['read']): Storage => ({ bytes, integer: false, read });

export const NUMBER_TYPES: Readonly<Record<NumberType, Storage>> = {
  float64: real(8, (view, at) => view.getFloat64(at, true)),
  float32: real(4, (view, at) => view.getFloat32(at, true)),
  float16: real(2, (view, at) => fromHalf(view.getUint16(at, true))),
  bfloat16: real(2, (view, at) => fromBrain(view.getUint16(at, true))),
  int64: whole(8, (view, at) => Number(view.getBigInt64(at, true))),
  int32: whole(4, (view, at) => view.getInt32(at, true)),
  int16: whole(2, (view, at) => view.getInt16(at, true)),
  int8: whole(1, (view, at) => view.getInt8(at)),
  uint64: whole(8, (view, at) => Number(view.getBigUint64(at, true))),
  uint32: whole(4, (view, at) => view.getUint32(at, true)),
  uint16: whole(2, (view, at) => view.getUint16(at, true)),
  uint8: whole(1, (view, at) => view.getUint8(at)),
  bool: whole(1, (view, at) => view.getUint8(at)),
};

/** float32 for weights; float64 for whole numbers, which it holds exactly up to 2^53. */
export type Numbers = Float32Array | Float64Array;

/** The numbers stored in `bytes`; float32 stays a view of them where its position in memory allows, or is copied whole. */
export function decodeNumbers(bytes: Uint8Array, type: NumberType): Numbers {
  const { bytes: step, integer, read } = NUMBER_TYPES[type];
  const size = bytes.length / step;
  if (type === 'float32') {
    const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    return new Float32Array(buffer, byteOffset, size);
  }
  const out = integer ? new Float64Array(size) : new Float32Array(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < size; i++) out[i] = read(view, i * step);
  return out;
}

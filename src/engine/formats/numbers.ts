import { mapTo } from '../../core/typed-arrays.ts';
import { fromHalf } from '../../core/volume/half.ts';

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

type Words = { readonly BYTES_PER_ELEMENT: number } & (new (
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
) => ArrayLike<number | bigint> & { readonly BYTES_PER_ELEMENT: number });

interface Storage {
  readonly bytes: number;
  readonly integer: boolean;
  readonly Words: Words;
  /** The number of a stored word, where it is not the word itself. */
  readonly of?: (word: number | bigint) => number;
}

const number = new Float32Array(1);
const word = new Uint32Array(number.buffer);

/** The number of a bfloat16 pattern: the upper half of a float32. */
export function fromBrain(bits: number): number {
  word[0] = (bits & 0xffff) << 16;
  return number[0];
}

type Of = Storage['of'];
const whole = (Words: Words, of?: Of): Storage => ({
  bytes: Words.BYTES_PER_ELEMENT,
  integer: true,
  Words,
  of,
});
const real = (Words: Words, of?: Of): Storage => ({ ...whole(Words, of), integer: false });

export const NUMBER_TYPES: Readonly<Record<NumberType, Storage>> = {
  float64: real(Float64Array),
  float32: real(Float32Array),
  float16: real(Uint16Array, fromHalf as Of),
  bfloat16: real(Uint16Array, fromBrain as Of),
  int64: whole(BigInt64Array, Number),
  int32: whole(Int32Array),
  int16: whole(Int16Array),
  int8: whole(Int8Array),
  uint64: whole(BigUint64Array, Number),
  uint32: whole(Uint32Array),
  uint16: whole(Uint16Array),
  uint8: whole(Uint8Array),
  bool: whole(Uint8Array),
};

/** float32 for weights; float64 for whole numbers, which it holds exactly up to 2^53. */
export type Numbers = Float32Array | Float64Array;

/** The numbers stored in `bytes`; float32 stays a view of them where its position in memory allows, or is copied whole. */
export function decodeNumbers(bytes: Uint8Array, type: NumberType): Numbers {
  const { integer, of } = NUMBER_TYPES[type];
  const words = wordsIn(bytes, type);
  if (words instanceof Float32Array) return words;
  if (of) return mapTo(new (integer ? Float64Array : Float32Array)(words.length), words, of);
  return new (integer ? Float64Array : Float32Array)(words as ArrayLike<number>);
}

/** Reads single numbers of `bytes`, by their index. */
export function numberReader(bytes: Uint8Array, type: NumberType): (index: number) => number {
  const { of } = NUMBER_TYPES[type];
  const words = wordsIn(bytes, type);
  return of ? (i) => of(words[i]) : (i) => words[i] as number;
}

function wordsIn(bytes: Uint8Array, type: NumberType): ArrayLike<number | bigint> {
  const { Words, bytes: step } = NUMBER_TYPES[type];
  const { buffer, byteOffset } = bytes.byteOffset % step === 0 ? bytes : new Uint8Array(bytes);
  return new Words(buffer, byteOffset, Math.floor(bytes.length / step));
}

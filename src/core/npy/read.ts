import { badFile } from '../errors.ts';
import type { NumberArray } from '../volume/stats.ts';
import { nativeBytes } from '../volume/swap.ts';
import { type NpyHeader, parseNpyHeader } from './header.ts';

/** An array in C order: the last axis is the fastest. */
export interface NpyArray {
  /** May be a view of the file's bytes: read it, do not write to it. 64-bit integers are float64. */
  readonly data: NumberArray;
  readonly shape: readonly number[];
  /** Type of the stored values in words, e.g. "32-bit float". */
  readonly valueType: string;
  readonly littleEndian: boolean;
  /** The file stored the first axis fastest; `data` was reordered. */
  readonly fortranOrder: boolean;
  /** Bytes after the data, ignored. */
  readonly trailingBytes: number;
}

/** Bytes the whole file has if its header is true. Throws `bad-file`. */
export function claimedNpyBytes(head: Uint8Array, fileName: string): number {
  const { dataOffset, count, type } = parseNpyHeader(head, fileName);
  return dataOffset + count * type.width;
}

/** The header, once the file is seen to be large enough for it. Throws `bad-file`. */
export function checkedNpyHeader(
  head: Uint8Array,
  fileBytes: number,
  fileName: string,
): NpyHeader & { readonly dataBytes: number; readonly trailingBytes: number } {
  const header = parseNpyHeader(head, fileName);
  const { shape, type, count, dataOffset } = header;
  const dataBytes = count * type.width;
  const available = fileBytes - dataOffset;
  if (!(dataBytes <= available)) {
    throw badFile(
      fileName,
      `the header claims shape (${shape.join(', ')}) of ${type.words} (${dataBytes} bytes), but ${available} bytes follow it`,
      'complete .npy files',
    );
  }
  return { ...header, dataBytes, trailingBytes: available - dataBytes };
}

/** Elements from their bytes, in file order; a view of them where it can be. */
export function decodeNpy(raw: Uint8Array, { type, littleEndian }: NpyHeader): NumberArray {
  return type.decode(nativeBytes(raw, type.width, littleEndian));
}

/**
 * Reads a .npy file of version 1 to 3 with real elements of any size, byte order and memory order.
 * Throws `bad-file` when it is something else or cut off, before allocating.
 */
export function readNpy(bytes: Uint8Array, fileName: string): NpyArray {
  const header = checkedNpyHeader(bytes, bytes.length, fileName);
  const { shape, dataOffset, dataBytes } = header;
  const values = decodeNpy(bytes.subarray(dataOffset, dataOffset + dataBytes), header);
  return {
    data: header.fortranOrder && shape.length > 1 ? toCOrder(values, shape) : values,
    shape,
    valueType: header.type.words,
    littleEndian: header.littleEndian,
    fortranOrder: header.fortranOrder,
    trailingBytes: header.trailingBytes,
  };
}

/** From first axis fastest to last axis fastest. */
export function toCOrder<A extends NumberArray>(values: A, shape: readonly number[]): A {
  const out = values.slice() as A;
  // step[k]: distance in the output between neighbours along axis k
  const step = shape.map((_, k) => shape.slice(k + 1).reduce((product, n) => product * n, 1));
  const index = shape.map(() => 0);
  let to = 0;
  for (let from = 0; from < values.length; from++) {
    out[to] = values[from];
    for (let k = 0; k < shape.length; k++) {
      to += step[k];
      if (++index[k] < shape[k]) break;
      to -= step[k] * shape[k];
      index[k] = 0;
    }
  }
  return out;
}

import { badFile } from '../errors.ts';
import type { NumberArray } from '../volume/stats.ts';
import { nativeBytes } from '../volume/swap.ts';
import { parseNpyHeader } from './header.ts';

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

/**
 * Reads a .npy file of version 1 to 3 with real elements of any size, byte order and memory order.
 * Throws `bad-file` when it is something else or cut off, before allocating.
 */
export function readNpy(bytes: Uint8Array, fileName: string): NpyArray {
  const header = parseNpyHeader(bytes, fileName);
  const { shape, type, count, dataOffset } = header;
  const needed = count * type.width;
  const available = bytes.length - dataOffset;
  if (!(needed <= available)) {
    throw badFile(
      fileName,
      `the header claims shape (${shape.join(', ')}) of ${type.words} (${needed} bytes), but ${available} bytes follow it`,
      'complete .npy files',
    );
  }
  const raw = bytes.subarray(dataOffset, dataOffset + needed);
  const values = type.decode(nativeBytes(raw, type.width, header.littleEndian));
  return {
    data: header.fortranOrder && shape.length > 1 ? toCOrder(values, shape) : values,
    shape,
    valueType: type.words,
    littleEndian: header.littleEndian,
    fortranOrder: header.fortranOrder,
    trailingBytes: available - needed,
  };
}

/** From first axis fastest to last axis fastest. */
function toCOrder(values: NumberArray, shape: readonly number[]): NumberArray {
  const out = values.slice();
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

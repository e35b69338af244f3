import type { VoxelArray } from '../volume/types.ts';
import { halfTable } from '../volume/half.ts';
import { nativeBytes } from '../volume/swap.ts';
import type { Triple } from './header.ts';
import type { MrcLayout } from './layout.ts';

/**
 * All values of a file in file order. Little-endian float32, int16, uint16 and bytes become views of
 * `bytes` without a copy where the data starts on a multiple of the value's size; everything else is
 * copied once. Of complex values the real part is taken.
 */
export function decodeData(
  bytes: Uint8Array,
  layout: MrcLayout,
  littleEndian: boolean,
  signedBytes: boolean,
): VoxelArray {
  const raw = bytes.subarray(layout.dataOffset, layout.dataOffset + layout.dataBytes);
  switch (layout.modeNumber) {
    case 0:
      return signedBytes ? new Int8Array(raw.buffer, raw.byteOffset, raw.length) : raw;
    case 1: {
      const words = nativeBytes(raw, 2, littleEndian);
      return new Int16Array(words.buffer, words.byteOffset, words.length / 2);
    }
    case 2: {
      const words = nativeBytes(raw, 4, littleEndian);
      return new Float32Array(words.buffer, words.byteOffset, words.length / 4);
    }
    case 3: {
      const words = nativeBytes(raw, 2, littleEndian);
      const pairs = new Int16Array(words.buffer, words.byteOffset, words.length / 2);
      return realParts(pairs, new Int16Array(pairs.length / 2));
    }
    case 4: {
      const words = nativeBytes(raw, 4, littleEndian);
      const pairs = new Float32Array(words.buffer, words.byteOffset, words.length / 4);
      return realParts(pairs, new Float32Array(pairs.length / 2));
    }
    case 6: {
      const words = nativeBytes(raw, 2, littleEndian);
      return new Uint16Array(words.buffer, words.byteOffset, words.length / 2);
    }
    case 12: {
      const words = nativeBytes(raw, 2, littleEndian);
      const table = halfTable();
      return Float32Array.from(
        new Uint16Array(words.buffer, words.byteOffset, words.length / 2),
        (half) => table[half],
      );
    }
    default:
      return unpackNibbles(raw, layout);
  }
}

function realParts<A extends Int16Array | Float32Array>(pairs: A, out: A): A {
  for (let i = 0; i < out.length; i++) out[i] = pairs[2 * i];
  return out;
}

/** 4-bit values, the low half of each byte first. */
function unpackNibbles(raw: Uint8Array, { size, rowsPadded }: MrcLayout): Uint8Array {
  const [columns, rows, sections] = size;
  const out = new Uint8Array(columns * rows * sections);
  const rowNibbles = rowsPadded ? columns + (columns % 2) : columns;
  for (let row = 0, i = 0; row < rows * sections; row++) {
    for (let column = 0, at = row * rowNibbles; column < columns; column++, at++) {
      const byte = raw[at >> 1];
      out[i++] = at % 2 === 0 ? byte & 15 : byte >> 4;
    }
  }
  return out;
}

/**
 * Reorders from (columns, rows, sections) to (x, y, z), x fastest; `axes` says which of x, y, z
 * (1, 2, 3) each runs along. Returns the same array when there is nothing to do.
 */
export function permuteToXyz<A extends VoxelArray>(data: A, size: Triple, axes: Triple): A {
  if (axes[0] === 1 && axes[1] === 2) return data;
  const extent = [0, 0, 0];
  axes.forEach((axis, i) => {
    extent[axis - 1] = size[i];
  });
  const strides = [1, extent[0], extent[0] * extent[1]];
  const [columnStep, rowStep, sectionStep] = axes.map((axis) => strides[axis - 1]);
  const out = data.slice() as A;
  let from = 0;
  for (let section = 0; section < size[2]; section++) {
    for (let row = 0; row < size[1]; row++) {
      let to = section * sectionStep + row * rowStep;
      for (let column = 0; column < size[0]; column++, to += columnStep) out[to] = data[from++];
    }
  }
  return out;
}

import type { VoxelArray } from '../volume/types.ts';
import { fromHalves } from '../volume/half.ts';
import { nativeBytes } from '../volume/swap.ts';
import type { MrcLayout } from './layout.ts';

/**
 * Values of whole rows in file order. Little-endian float32, int16, uint16 and bytes become views of
 * `raw` without a copy where it starts on a multiple of the value's size; everything else is copied
 * once. Of complex values the real part is taken.
 */
export function decodeData(
  raw: Uint8Array,
  layout: MrcLayout,
  littleEndian: boolean,
  signedBytes: boolean,
): VoxelArray {
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
      return fromHalves(new Uint16Array(words.buffer, words.byteOffset, words.length / 2));
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
function unpackNibbles(raw: Uint8Array, { size, rowBytes }: MrcLayout): Uint8Array {
  const columns = size[0];
  const rows = rowBytes === null ? size[1] * size[2] : raw.length / rowBytes;
  const rowNibbles = rowBytes === null ? columns : 2 * rowBytes;
  const out = new Uint8Array(columns * rows);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0, at = row * rowNibbles; column < columns; column++, at++) {
      const byte = raw[at >> 1];
      out[i++] = at % 2 === 0 ? byte & 15 : byte >> 4;
    }
  }
  return out;
}

import { Inflate, Unzlib } from 'fflate';
import type { Packing } from './page.ts';

/** Unpacks a piece of an image into `out` until that is full, and says how much of it was filled. */
type Unpack = (packed: Uint8Array, out: Uint8Array) => number;

export const UNPACK: Readonly<Record<Packing, Unpack>> = {
  none(packed, out) {
    const taken = packed.subarray(0, out.length);
    out.set(taken);
    return taken.length;
  },
  packbits(packed, out) {
    let to = 0;
    for (let at = 0; at < packed.length && to < out.length; ) {
      const run = (packed[at++] << 24) >> 24;
      if (run === -128) continue;
      const length = Math.min(out.length - to, run < 0 ? 1 - run : 1 + run);
      if (run < 0) out.fill(packed[at++], to, to + length);
      else {
        out.set(packed.subarray(at, at + length), to);
        at += run + 1;
      }
      to += length;
    }
    return to;
  },
  deflate(packed, out) {
    let to = 0;
    const take = (part: Uint8Array) => {
      const taken = part.subarray(0, out.length - to);
      out.set(taken, to);
      to += taken.length;
    };
    // Some writers leave the header of zlib out.
    const wrapped = (packed[0] & 15) === 8 && ((packed[0] << 8) | packed[1]) % 31 === 0;
    const stream = wrapped ? new Unzlib(take) : new Inflate(take);
    for (let from = 0; from < packed.length && to < out.length; from += PIECE)
      stream.push(packed.subarray(from, from + PIECE));
    return to;
  },
  lzw,
};

/** Bytes that are inflated at a time: what they may become is bounded with them. */
const PIECE = 1 << 14;

const CLEAR = 256;
const END = 257;

/**
 * LZW as TIFF 6.0, section 13, has it: codes of 9 to 12 bits, the highest bit first, one bit longer one code early.
 * A string of the table is the string of an earlier code and one byte more.
 */
function lzw(packed: Uint8Array, out: Uint8Array): number {
  const before = new Uint16Array(4096);
  const length = new Uint16Array(4096).fill(1);
  const last = new Uint8Array(4096);
  const first = new Uint8Array(4096);
  for (let i = 0; i < 256; i++) last[i] = first[i] = i;
  let [next, width, previous] = [258, 9, -1];
  let [bits, held, at, to] = [0, 0, 0, 0];
  while (to < out.length) {
    while (held < width && at < packed.length) {
      bits = ((bits << 8) | packed[at++]) & 0xffffff;
      held += 8;
    }
    if (held < width) break;
    const code = (bits >> (held - width)) & ((1 << width) - 1);
    held -= width;
    if (code === END) break;
    if (code === CLEAR) {
      [next, width, previous] = [258, 9, -1];
      continue;
    }
    if (code > next || (code === next && previous < 0)) throw new Error('its data is damaged');
    if (previous >= 0 && next < 4096) {
      before[next] = previous;
      length[next] = length[previous] + 1;
      first[next] = first[previous];
      last[next] = first[code === next ? previous : code];
      next++;
      if (next >= (1 << width) - 1 && width < 12) width++;
    } else if (code >= next) throw new Error('its data is damaged');
    // Its bytes are found from the last one on.
    const end = to + length[code];
    for (let one = code, put = end - 1; put >= to; put--, one = before[one])
      if (put < out.length) out[put] = last[one];
    to = Math.min(end, out.length);
    previous = code;
  }
  return to;
}

import { rests, type Steps } from '../steps.ts';

const BITS = 11;
const BUCKETS = 1 << BITS;

/**
 * Some of a list's particles in the order of a number, equals in the order in which they come. What has no number comes
 * last whichever way it is sorted. Sorts by digits: of a million, by comparing takes a second.
 *
 * @param ks positions
 * @param numberOf number of a position, as exactly as a 32-bit float holds it
 */
export function* ordering(
  ks: Uint32Array,
  numberOf: (k: number) => number,
  descending: boolean,
): Steps<Uint32Array> {
  const values = new Float32Array(ks.length);
  for (let i = 0; i < ks.length; i++) {
    if (rests(i)) yield;
    values[i] = numberOf(ks[i]);
  }
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < bits.length; i++) {
    if (rests(i)) yield;
    if (Number.isNaN(values[i])) {
      bits[i] = 0xffffffff;
      continue;
    }
    // -0 is 0.
    const own = values[i] === 0 ? 0 : bits[i];
    // As unsigned integers, positive floats are in order, negative ones in the reverse.
    const rising = own & 0x80000000 ? ~own : own | 0x80000000;
    bits[i] = descending ? ~rising : rising;
  }
  let from = { keys: bits, ks };
  for (let shift = 0; shift < 32; shift += BITS) {
    const places = new Uint32Array(BUCKETS);
    for (const key of from.keys) places[(key >>> shift) & (BUCKETS - 1)]++;
    let start = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = places[bucket];
      places[bucket] = start;
      start += count;
    }
    const to = { keys: new Uint32Array(ks.length), ks: new Uint32Array(ks.length) };
    for (let i = 0; i < ks.length; i++) {
      if (rests(i)) yield;
      const at = places[(from.keys[i] >>> shift) & (BUCKETS - 1)]++;
      to.keys[at] = from.keys[i];
      to.ks[at] = from.ks[i];
    }
    from = to;
  }
  return from.ks;
}

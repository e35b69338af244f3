import { rests, type Steps } from '../steps.ts';

const BITS = 11;
const BUCKETS = 1 << BITS;
const MASK = BUCKETS - 1;
const DIGITS = 3;

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
  let keys = new Uint32Array(values.buffer);
  // How many have each value of each digit, where the first of them goes afterwards.
  const places = Array.from({ length: DIGITS }, () => new Uint32Array(BUCKETS));
  const [low, middle, high] = places;
  for (let i = 0; i < keys.length; i++) {
    if (rests(i)) yield;
    const key = keyOf(values[i], keys[i], descending);
    keys[i] = key;
    low[key & MASK]++;
    middle[(key >>> BITS) & MASK]++;
    high[key >>> (2 * BITS)]++;
  }
  yield;
  // Written by turns.
  let [from, to]: [Uint32Array, Uint32Array] = [ks, new Uint32Array(ks.length)];
  let otherKeys = new Uint32Array(ks.length);
  for (const [digit, own] of places.entries()) {
    yield;
    startsOf(own);
    const shift = digit * BITS;
    for (let i = 0; i < from.length; i++) {
      if (rests(i)) yield;
      const at = own[(keys[i] >>> shift) & MASK]++;
      otherKeys[at] = keys[i];
      to[at] = from[i];
    }
    [keys, otherKeys] = [otherKeys, keys];
    // What was given stays as it is.
    [from, to] = [to, from === ks ? new Uint32Array(ks.length) : from];
  }
  return from;
}

/** The bits of a number as an unsigned integer in its order. */
function keyOf(value: number, bits: number, descending: boolean): number {
  if (Number.isNaN(value)) return 0xffffffff;
  // -0 is 0.
  const own = value === 0 ? 0 : bits;
  // As unsigned integers, positive floats are in order, negative ones in the reverse.
  const rising = own & 0x80000000 ? ~own : own | 0x80000000;
  return (descending ? ~rising : rising) >>> 0;
}

/** Turns counts into the places of the first of each. */
function startsOf(counts: Uint32Array): void {
  let start = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket];
    counts[bucket] = start;
    start += count;
  }
}

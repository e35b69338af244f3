/** Numbers without a pattern for tests, the same for the same seed (Mulberry32). */

/** Uniform in [0, 1). */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whole numbers from `from` to `to`, both included. */
export function picker(seed: number): (from: number, to: number) => number {
  const next = uniform(seed);
  return (from, to) => from + Math.floor(next() * (to - from + 1));
}

/** `length` numbers in [-1, 1). */
export function noise(length: number, seed: number): Float32Array {
  const next = uniform(seed);
  return Float32Array.from({ length }, () => 2 * next() - 1);
}

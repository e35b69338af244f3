/** A deterministic stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/** One round of the "lowbias32" integer hash (C. Wellons): every input bit flips half the output. */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * An independent stream for every key, e.g. `(seed, class, index)`: the state of a small fast counting
 * generator (sfc32, PractRand-tested) is the hash of the key, so a stream depends on nothing else and
 * volumes come out the same in any order and on any number of workers. Integers up to 2^53 per part.
 */
export function createRandom(...key: readonly number[]): Random {
  const state = [0x9e3779b9, 0x243f6a88, 0xb7e15162];
  for (const part of key) {
    const low = part >>> 0;
    const high = Math.floor(part / 0x1_0000_0000) >>> 0;
    for (let i = 0; i < 3; i++) {
      state[i] = mix(state[i] ^ mix(low + i * 0x632be5ab));
      state[i] = mix(state[i] ^ mix(high + 0x85157af5));
    }
  }
  let [a, b, c] = state as [number, number, number];
  let counter = 1;

  function next(): number {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  }
  for (let i = 0; i < 12; i++) next();

  let spare = Number.NaN;
  return {
    uniform: () => ((next() >>> 5) * 0x400_0000 + (next() >>> 6)) / 0x20_0000_0000_0000,
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = Number.NaN;
        return value;
      }
      // Marsaglia's polar method: a point of the unit disc gives two normals.
      for (;;) {
        const u = next() * (2 / 0x1_0000_0000) - 1;
        const v = next() * (2 / 0x1_0000_0000) - 1;
        const s = u * u + v * v;
        if (s > 0 && s < 1) {
          const f = Math.sqrt((-2 * Math.log(s)) / s);
          spare = v * f;
          return u * f;
        }
      }
    },
  };
}

/** Brings values into another order, in place (Fisher and Yates). */
export function shuffle<T>(
  values: { readonly length: number; [index: number]: T },
  { uniform }: Pick<Random, 'uniform'>,
): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    const held = values[i];
    values[i] = values[j];
    values[j] = held;
  }
}

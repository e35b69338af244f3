import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/simulate/random.ts';
import { KINDS, type KindName } from './kinds.ts';
import { mutate } from './mutate.ts';
import { fuzz, type KindResult } from './run.ts';
import { ofJson } from './seeds.ts';

/** Enough of each kind to see a fault that is not rare; `npm run fuzz` reads 10^5. */
const FILES = 60;

const NAMES = Object.keys(KINDS) as KindName[];

describe('mutated files', () => {
  let results: KindResult[];
  beforeAll(async () => {
    const options = { files: FILES, from: 0, seed: 7, patience: 2000, out: null };
    results = await fuzz({ kinds: NAMES, ...options });
  }, 300_000);

  it.each(NAMES)('of kind %s are read or refused in a sentence, in time and in memory', (kind) => {
    const { counts, failures } = results.find((result) => result.kind === kind)!;
    expect(failures).toEqual([]);
    expect(counts.read + counts.refused).toBe(FILES);
  });

  it('are the same for the same seed, and differ', () => {
    const seeds = [ofJson({ a: [1, 2, { b: 'x' }], c: null })];
    const files = (seed: number) =>
      Array.from({ length: 50 }, (_, i) =>
        Buffer.from(mutate('json', seeds, createRandom(seed, 0, i))).toString('latin1'),
      );
    expect(files(1)).toEqual(files(1));
    expect(files(1)).not.toEqual(files(2));
    expect(new Set(files(1)).size).toBeGreaterThan(45);
  });
});

import { badInput } from '../src/core/errors.ts';
import { isInShard, type Shard } from '../src/core/evaluation/index.ts';

/** The flag by which several machines divide the work of one command. */
export const SHARD_OPTION = {
  shard: { type: 'string', value: 'I/N', help: 'only the I-th of N parts' },
} as const;

/** The part that `--shard` names; null for the whole. */
export function parseShard(value: string | undefined): Shard | null {
  if (value === undefined) return null;
  const [index, of] = /^(\d+)\/(\d+)$/.exec(value)?.slice(1).map(Number) ?? [0, 0];
  if (index >= 1 && index <= of) return { index, of };
  throw badInput(`--shard ${value}; accepted: I/N with I from 1 to N, e.g. 1/4`);
}

/** What a shard takes of a list: every `of`-th from its own on. */
export function partOf<T>(list: readonly T[], shard: Shard | null): T[] {
  return list.filter((_, order) => isInShard(shard, order));
}

import type { Shard } from './types.ts';

/** Whether a shard takes what stands at `order`, from 0; null takes all. */
export const isInShard = (shard: Shard | null, order: number): boolean =>
  shard === null || order % shard.of === shard.index - 1;

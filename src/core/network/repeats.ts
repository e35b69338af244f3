import type { NetworkNode } from './types.ts';

/** `times` blocks of `period` chains each that are alike, from chain `start` on, each reading the one before it alone. */
export interface Repeat {
  readonly start: number;
  readonly period: number;
  readonly times: number;
}

/** Chains of a block at most. */
const LONGEST = 48;

/** Blocks that come several times in a row, in order and without overlap. */
export function repeatsOf(
  nodes: readonly NetworkNode[],
  chains: readonly (readonly number[])[],
): Repeat[] {
  const chainOf = new Map(chains.flatMap((chain, at) => chain.map((node) => [node, at])));
  const inputs = chains.map(([head]) =>
    nodes[head].inputs.map((input) => chainOf.get(input) as number),
  );
  const kinds = new Map<string, number>();
  const alike = chains.map((chain, at) => {
    const own = chain.map((id) => [nodes[id].kind, nodes[id].shape, nodes[id].parameters]);
    const text = JSON.stringify([own, inputs[at].map((input) => at - input)]);
    if (!kinds.has(text)) kinds.set(text, kinds.size);
    return kinds.get(text);
  });
  /** The last chain that reads each. */
  const lastReader = chains.map((_, at) => at);
  for (const [at, read] of inputs.entries()) for (const input of read) lastReader[input] = at;

  /** Whether the block reads nothing else than what comes before it, and is read at its end alone. */
  const isBlock = (start: number, period: number): boolean => {
    const end = start + period;
    for (let at = start; at < end; at++) {
      if (inputs[at].some((input) => input < start - 1)) return false;
      if (at < end - 1 && lastReader[at] >= end) return false;
    }
    return true;
  };
  const timesOf = (start: number, period: number): number => {
    let times = 0;
    for (let at = start; isAlike(start, at, period) && isBlock(at, period); at += period) times++;
    return times;
  };
  const isAlike = (a: number, b: number, period: number): boolean => {
    if (b + period > chains.length) return false;
    for (let i = 0; i < period; i++) if (alike[a + i] !== alike[b + i]) return false;
    return true;
  };

  const found: Repeat[] = [];
  for (let start = 1; start < chains.length; ) {
    let best: Repeat = { start, period: 1, times: 1 };
    for (let period = 1; period <= LONGEST; period++) {
      const times = timesOf(start, period);
      // Three boxes alike are a block, two are not worth it.
      if (times < 2 || times * period < 3) continue;
      if (times * period > best.times * best.period) best = { start, period, times };
    }
    if (best.times > 1) found.push(best);
    start += best.times * best.period;
  }
  return found;
}

import type { Statistics } from '../ops/op.ts';
import { rowOf } from '../target/rows.ts';
import type { Target } from '../../core/target/index.ts';
import type { Network } from './network.ts';

/**
 * What each row differentiates, from the network's output for each volume; rows that fill up a batch differentiate
 * nothing. `rows`: classes of each volume, equally many.
 */
export function seedsOf(
  { graph }: Pick<Network, 'graph'>,
  outputs: readonly Float32Array[],
  target: Target,
  rows: readonly (readonly number[])[],
  statistics: Statistics,
): Float32Array {
  const node = graph.nodes[graph.scores];
  const size = node.shape.reduce((a, b) => a * b, 1);
  const seeds = new Float32Array(rows.flat().length * size);
  for (const [v, values] of outputs.entries()) {
    for (const [k, index] of rows[v].entries()) {
      const at = (v * rows[v].length + k) * size;
      const seed = seeds.subarray(at, at + size);
      rowOf(target).seed({ node, values }, target, index, seed, statistics);
    }
  }
  return seeds;
}

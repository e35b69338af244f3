import type { Target } from '../../core/target/index.ts';
import { rowOf } from '../target/rows.ts';
import type { Network } from './network.ts';
import { seedsOf } from './seeds.ts';

/**
 * Gives the number that is explained, of each of the classes, from the network's output for an input. Where voxels are
 * chosen, they stay those of `first`, the output for the input that the question is about.
 */
export function numbersFor(
  network: Pick<Network, 'graph'>,
  target: Target,
  first: Float32Array,
  classes: readonly number[],
): (output: Float32Array) => readonly number[] {
  const { graph } = network;
  const node = graph.nodes[graph.scores];
  const row = rowOf(target);
  if (!row.linear)
    return (values) => {
      const all = row.scores({ node, values }, target);
      return classes.map((index) => all[index]);
    };
  const seeds = seedsOf(network, [first], target, [classes], 'plain');
  return (output) =>
    classes.map((_, c) =>
      output.reduce((sum, value, i) => sum + value * seeds[c * output.length + i], 0),
    );
}

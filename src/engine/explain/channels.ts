import { channelStats, type LayerChannels } from '../../core/cam/index.ts';
import { badInput } from '../../core/errors.ts';
import type { Target } from '../../core/target/index.ts';
import type { NodeId } from '../graph/types.ts';
import { PLAIN_RULES, type Statistics } from '../ops/op.ts';
import type { TaskOptions } from '../types.ts';
import type { Activations } from './activations.ts';
import { backward, outputSeeds } from './backward.ts';
import { layerResults } from './maps.ts';
import type { Network } from './network.ts';
import { isNormalised } from './paths.ts';
import { seedsOf } from './seeds.ts';
import { assertKept } from './slabs.ts';
import { TaskYielder } from './yielder.ts';

/** Values of a layer that are handed over at most: with the gradients 128 MB. */
const MOST_VALUES = 2 ** 24;

interface ChannelQuestion {
  readonly node: NodeId;
  readonly target: Target;
  readonly index: number;
  /** Absent: as the layer needs it. */
  readonly statistics?: Statistics;
}

/**
 * The feature maps of a layer and the gradients of one score there.
 *
 * @throws AppError `bad-input` for a layer too large to be looked at channel by channel
 */
export async function layerChannels(
  network: Network,
  from: Activations,
  { node, target, index, statistics }: ChannelQuestion,
  { signal }: TaskOptions,
): Promise<LayerChannels> {
  const { graph } = network;
  assertKept(network, from.plan, node);
  const [{ value, channels }] = await layerResults(network, from, node);
  if (value.size > MOST_VALUES)
    throw badInput(
      `layer ${graph.nodes[node].name} holds ${value.size} values; accepted channel by channel: up to ${MOST_VALUES}, as later layers have`,
    );
  const rule = statistics ?? (isNormalised(network, node) ? 'frozen' : 'plain');
  const outputs = from.volumes.map(({ output }) => output);
  const seed = seedsOf(network, outputs, target, [[index]], rule);
  const options = {
    ...{ rules: { ...PLAIN_RULES, statistics: rule }, yielder: new TaskYielder(signal) },
    apart: false,
  };
  // A layer that the score does not depend on has no gradient.
  let gradients = new Float32Array(value.size);
  const seeds = outputSeeds(network, 1, seed);
  await backward(network, from.values, seeds, new Set([node]), options, async (_, dy) => {
    gradients = (await dy.data()) as Float32Array<ArrayBuffer>;
  });
  const activations = (await value.data()) as Float32Array;
  return {
    channels,
    stats: channelStats(activations, channels),
    activations: channelsFirst(activations, channels),
    gradients: channelsFirst(gradients, channels),
  };
}

/** `[voxels, channels]` as `[channels, voxels]`. */
function channelsFirst(values: Float32Array, channels: number): Float32Array {
  const voxels = values.length / channels;
  const turned = new Float32Array(values.length);
  for (let v = 0, i = 0; v < voxels; v++)
    for (let l = 0; l < channels; l++, i++) turned[l * voxels + v] = values[i];
  return turned;
}
